//! A little window from which files can be dragged, as from a file manager, or addresses, as from a browser:
//! `drag-source PATH|ADDRESS…`.
//!
//! It prints `ready` when it can be grabbed, and ends with status 0 when the files have been dropped and accepted
//! somewhere, with 1 when the drag was not accepted. Linux only: elsewhere nothing drives a pointer in the tests.

#[cfg(target_os = "linux")]
fn main() {
    use std::cell::Cell;
    use std::io::Write;
    use std::rc::Rc;

    use gtk::prelude::*;

    gtk::init().expect("there is a display");
    let uris: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|given| match given.to_str().filter(|text| text.contains("://")) {
            Some(address) => address.to_owned(),
            None => gtk::glib::filename_to_uri(given, None).expect("an absolute path").to_string(),
        })
        .collect();

    let window = gtk::Window::new(gtk::WindowType::Popup);
    window.set_default_size(90, 120);
    window.move_(1600, 20);
    let handle = gtk::EventBox::new();
    handle.add(&gtk::Label::new(Some("Drag me")));
    let target = gtk::TargetEntry::new("text/uri-list", gtk::TargetFlags::OTHER_APP, 0);
    handle.drag_source_set(gtk::gdk::ModifierType::BUTTON1_MASK, &[target], gtk::gdk::DragAction::COPY);

    let taken = Rc::new(Cell::new(false));
    handle.connect_drag_data_get({
        let taken = taken.clone();
        move |_, _, data, _, _| {
            let uris: Vec<&str> = uris.iter().map(String::as_str).collect();
            taken.set(data.set_uris(&uris));
        }
    });
    let refused = Rc::new(Cell::new(false));
    handle.connect_drag_failed({
        let refused = refused.clone();
        move |_, _, _| {
            refused.set(true);
            gtk::glib::Propagation::Proceed
        }
    });
    handle.connect_drag_end(|_, _| gtk::main_quit());
    window.add(&handle);
    window.connect_map_event(|_, _| {
        let mut out = std::io::stdout();
        let _ = out.write_all(b"ready\n").and_then(|()| out.flush());
        gtk::glib::Propagation::Proceed
    });
    window.show_all();
    gtk::main();
    std::process::exit(i32::from(refused.get() || !taken.get()));
}

#[cfg(not(target_os = "linux"))]
fn main() {
    std::process::exit(1);
}
