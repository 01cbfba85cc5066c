//! The modules of a crate, read from its sources: which file each is, and what its names stand for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use quote::ToTokens as _;
use syn::{Attribute, Item, ItemUse, UseTree};

use crate::failure::{Failure, Result};

/// A module by its path inside the crate; the root is empty.
pub(super) type ModulePath = Vec<String>;

/// A module: all that is needed to follow a path through it.
#[derive(Default)]
pub(super) struct Module {
    /// The file that it is in, below the crate's `src`.
    pub(super) file: PathBuf,
    /// What is declared in it, without `use`, `mod` and tests.
    pub(super) items: Vec<Item>,
    /// Names that are brought in, and the paths that they stand for.
    pub(super) names: BTreeMap<String, Vec<String>>,
    /// Paths of which all names are brought in.
    pub(super) globs: Vec<Vec<String>>,
    /// The paths of all its `use`, as they stand there.
    pub(super) uses: Vec<Vec<String>>,
}

/// All modules of the crate whose root is this file.
pub(super) fn read(root: &Path) -> Result<BTreeMap<ModulePath, Module>> {
    let mut modules = BTreeMap::new();
    let folder = root.parent().unwrap_or(Path::new("")).to_owned();
    read_file(&folder, root, &folder, Vec::new(), &mut modules)?;
    Ok(modules)
}

/// `children` is the folder that files of modules declared in this file are in.
fn read_file(
    source: &Path,
    file: &Path,
    children: &Path,
    path: ModulePath,
    modules: &mut BTreeMap<ModulePath, Module>,
) -> Result<()> {
    let unreadable = |error: String| Failure::new(format!("{} can't be read: {error}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(error.to_string()))?;
    let parsed = syn::parse_file(&text).map_err(|error| unreadable(error.to_string()))?;
    let name = file.strip_prefix(source).unwrap_or(file);
    collect(source, name, children, path, parsed.items, modules)
}

fn collect(
    source: &Path,
    file: &Path,
    children: &Path,
    path: ModulePath,
    items: Vec<Item>,
    modules: &mut BTreeMap<ModulePath, Module>,
) -> Result<()> {
    let mut module = Module { file: file.to_owned(), ..Module::default() };
    for item in items {
        match item {
            Item::Mod(inner) if is_test(&inner.attrs) => {}
            Item::Mod(inner) => {
                let name = inner.ident.to_string();
                let below = [path.clone(), vec![name.clone()]].concat();
                let folder = children.join(&name);
                match inner.content {
                    Some((_, items)) => collect(source, file, &folder, below, items, modules)?,
                    None => {
                        let beside = |file: &Path| file.parent().map(Path::to_owned).unwrap_or_default();
                        let (found, folder) = match path_attribute(&inner.attrs) {
                            Some(path) => {
                                let found = beside(&source.join(file)).join(path);
                                // What is named by its path has its modules beside it, as a `mod.rs`.
                                let folder = beside(&found);
                                (found, folder)
                            }
                            None => {
                                let flat = children.join(format!("{name}.rs"));
                                (if flat.exists() { flat } else { folder.join("mod.rs") }, folder)
                            }
                        };
                        read_file(source, &found, &folder, below, modules)?;
                    }
                }
            }
            Item::Use(inner) if is_test(&inner.attrs) => {}
            Item::Use(inner) => module.bring_in(&inner),
            item => module.items.push(item),
        }
    }
    modules.insert(path, module);
    Ok(())
}

impl Module {
    fn bring_in(&mut self, item: &ItemUse) {
        let mut pending = vec![(Vec::new(), &item.tree)];
        while let Some((mut path, tree)) = pending.pop() {
            match tree {
                UseTree::Path(inner) => {
                    path.push(inner.ident.to_string());
                    pending.push((path, &inner.tree));
                }
                UseTree::Group(group) => pending.extend(group.items.iter().map(|tree| (path.clone(), tree))),
                UseTree::Glob(_) => {
                    self.uses.push(path.clone());
                    self.globs.push(path);
                }
                UseTree::Name(inner) => {
                    let name = inner.ident.to_string();
                    // `use a::{self}` brings `a` in.
                    if name != "self" {
                        path.push(name);
                    }
                    self.brought_in(path.last().cloned(), path);
                }
                UseTree::Rename(inner) => {
                    if inner.ident != "self" {
                        path.push(inner.ident.to_string());
                    }
                    self.brought_in(Some(inner.rename.to_string()), path);
                }
            }
        }
    }

    fn brought_in(&mut self, name: Option<String>, path: Vec<String>) {
        self.uses.push(path.clone());
        if let Some(name) = name {
            self.names.insert(name, path);
        }
    }
}

/// `path = "linux.rs"` of an attribute, as where systems differ: of the files that one module may be, the first stands for all.
fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let text = attribute.meta.to_token_stream().to_string();
        let (_, path) = text.split_once("path = \"")?;
        path.split_once('"').map(|(path, _)| path.to_owned())
    })
}

/// `#[cfg(test)]`, alone or among others.
pub(super) fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = list.tokens.to_string();
            condition == "test" || condition.starts_with("all (test") || condition.starts_with("all(test")
        }
        _ => false,
    })
}
