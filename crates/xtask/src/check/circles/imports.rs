//! Which file of a crate names something of which other one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use syn::visit::{self, Visit};

use super::modules::{Module, ModulePath, is_test};

/// How many names a path may lead through.
const DEPTH: usize = 16;

/// The files of a crate, each with those that it imports.
pub(super) type Imports = BTreeMap<PathBuf, BTreeSet<PathBuf>>;

/// Follows every path in every file. A name that a module only hands on counts as its own file's.
pub(super) fn of(modules: &BTreeMap<ModulePath, Module>) -> Imports {
    let mut imports = Imports::new();
    for (at, module) in modules {
        let mut seen = Paths::default();
        module.items.iter().for_each(|item| seen.visit_item(item));
        // What is handed on to others is no use of it: only what this module has declared can need something.
        let own = module.uses.iter().filter(|path| !handed_on_only(module, path, &seen.found));
        let into = imports.entry(module.file.clone()).or_default();
        for path in own.chain(&seen.found) {
            if let Some(file) = resolve(modules, at, path, DEPTH)
                && file != module.file
            {
                into.insert(file);
            }
        }
    }
    imports
}

/// Whether a name that is brought in is used nowhere in the module's own declarations.
fn handed_on_only(module: &Module, path: &[String], used: &BTreeSet<Vec<String>>) -> bool {
    let names: Vec<_> =
        module.names.iter().filter(|(_, target)| target.as_slice() == path).map(|(name, _)| name).collect();
    !used.iter().any(|used| used.first().is_some_and(|first| names.contains(&first)))
}

/// The file that declares what a path in a module stands for. None when it is not of this crate.
fn resolve(modules: &BTreeMap<ModulePath, Module>, at: &ModulePath, path: &[String], depth: usize) -> Option<PathBuf> {
    let depth = depth.checked_sub(1)?;
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" => walk(modules, Vec::new(), rest, depth),
        "self" => walk(modules, at.clone(), rest, depth),
        "super" => {
            let (_, above) = at.split_last()?;
            let mut from = above.to_vec();
            let mut rest = rest;
            while let Some((next, further)) = rest.split_first()
                && next == "super"
            {
                from.pop()?;
                rest = further;
            }
            walk(modules, from, rest, depth)
        }
        _ => {
            let module = modules.get(at)?;
            let below = [at.clone(), vec![first.clone()]].concat();
            if modules.contains_key(&below) && !rest.is_empty() {
                return walk(modules, below, rest, depth);
            }
            let target = module.names.get(first).filter(|target| target.as_slice() != path)?;
            resolve(modules, at, &[target.as_slice(), rest].concat(), depth)
        }
    }
}

/// Follows a path downward from a module.
fn walk(modules: &BTreeMap<ModulePath, Module>, mut at: ModulePath, path: &[String], depth: usize) -> Option<PathBuf> {
    for (number, name) in path.iter().enumerate() {
        let below = [at.clone(), vec![name.clone()]].concat();
        if modules.contains_key(&below) {
            at = below;
            continue;
        }
        let module = modules.get(&at)?;
        if let Some(target) = module.names.get(name) {
            return resolve(modules, &at, &[target.as_slice(), &path[number + 1..]].concat(), depth);
        }
        if !module.items.iter().any(|item| declares(item, name)) {
            let through = module
                .globs
                .iter()
                .find_map(|glob| resolve(modules, &at, &[glob.as_slice(), &path[number..]].concat(), depth));
            if through.is_some() {
                return through;
            }
        }
        return Some(module.file.clone());
    }
    // A module itself: what is used of it is a path of its own.
    None
}

fn declares(item: &syn::Item, name: &str) -> bool {
    use syn::Item::{Const, Enum, Fn, Macro, Static, Struct, Trait, Type};
    match item {
        Const(item) => item.ident == name,
        Enum(item) => item.ident == name,
        Fn(item) => item.sig.ident == name,
        Macro(item) => item.ident.as_ref().is_some_and(|ident| ident == name),
        Static(item) => item.ident == name,
        Struct(item) => item.ident == name,
        Trait(item) => item.ident == name,
        Type(item) => item.ident == name,
        _ => false,
    }
}

/// All paths in a piece of code.
#[derive(Default)]
struct Paths {
    found: BTreeSet<Vec<String>>,
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.found.insert(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_test(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if !is_test(&item.attrs) {
            visit::visit_item_impl(self, item);
        }
    }

    /// Arguments of a macro are mostly expressions, parted by commas.
    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        visit::visit_macro(self, item);
        if let Ok(arguments) =
            item.parse_body_with(syn::punctuated::Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated)
        {
            arguments.iter().for_each(|argument| self.visit_macro_argument(argument));
        }
    }
}

impl Paths {
    fn visit_macro_argument(&mut self, argument: &syn::Expr) {
        let mut inside = Self::default();
        inside.visit_expr(argument);
        self.found.extend(inside.found);
    }
}
