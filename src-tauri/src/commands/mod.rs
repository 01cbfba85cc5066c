//! What the window may ask for. A command unpacks its arguments, calls the engine, and returns; every rejection is an
//! [`engine::EngineError`].

mod account;
mod care;
mod descriptions;
mod edits;
mod library;
mod links;
#[cfg(test)]
mod names;
mod place;
mod settings;
mod trash;
mod uploads;

use tauri::{Builder, Wry};

/// Makes the commands callable; `names.rs` and `capabilities/main.json` name each of them, too.
pub fn register(builder: Builder<Wry>) -> Builder<Wry> {
    builder.invoke_handler(tauri::generate_handler![
        place::app_state,
        place::bucket_libraries,
        place::choose_bucket,
        place::choose_this_computer,
        place::forget_place,
        place::places,
        place::rebuild_library,
        place::register,
        place::sign_in,
        place::sign_out,
        place::unlock,
        place::use_place,
        account::account_security,
        account::begin_two_factor,
        account::change_email,
        account::change_password,
        account::registration,
        account::remove_account,
        account::confirm_two_factor,
        account::end_two_factor,
        account::new_recovery_codes,
        account::recover_account,
        account::request_recovery_mail,
        account::sign_out_device,
        account::sign_out_others,
        library::delete_forever,
        library::delete_pictures,
        library::download_pictures,
        library::edit_picture,
        library::edit_pictures,
        library::fetch_preview,
        library::library_layout,
        library::library_news,
        library::library_rows,
        library::picture,
        library::restore_pictures,
        edits::add_to_album,
        edits::albums,
        edits::create_album,
        edits::edit_turns,
        edits::redo,
        edits::remove_album,
        edits::remove_from_album,
        edits::rename_album,
        edits::set_album_cover,
        edits::undo,
        uploads::cancel_upload,
        uploads::cancel_uploads,
        uploads::clear_finished_uploads,
        uploads::hold_uploads,
        uploads::move_uploads,
        uploads::pause_uploads,
        uploads::pick_and_upload,
        uploads::resume_held_uploads,
        uploads::resume_uploads,
        uploads::retry_cancelled_uploads,
        uploads::uncancel_uploads,
        uploads::retry_failed_uploads,
        uploads::retry_upload,
        uploads::retry_upload_group,
        uploads::unhold_uploads,
        uploads::upload_clipboard,
        uploads::upload_failures,
        uploads::upload_paths,
        uploads::uploads_page,
        uploads::watch_uploads,
        links::copy_links,
        links::copy_text,
        links::links,
        descriptions::cancel_descriptions,
        descriptions::clear_descriptions,
        descriptions::pause_descriptions,
        descriptions::resume_descriptions,
        descriptions::retry_descriptions,
        descriptions::uncancel_descriptions,
        descriptions::describe_pictures,
        descriptions::watch_descriptions,
        care::audit_problems,
        care::cancel_audit,
        care::doctor,
        care::free_local_copies,
        care::repair_picture,
        care::start_audit,
        care::test_bucket,
        care::verify_pictures,
        care::watch_audit,
        settings::leave,
        settings::change_ai,
        settings::change_settings,
        settings::reveal_data_dir,
        settings::settings,
        trash::keep_trash,
        trash::trash,
        trash::trash_plan,
    ])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::names::COMMANDS;

    /// The names between the brackets of `generate_handler!` above.
    fn handled() -> BTreeSet<&'static str> {
        let list = include_str!("mod.rs").split("generate_handler![").nth(1).unwrap().split(']').next().unwrap();
        list.split(',').filter_map(|entry| entry.trim().rsplit("::").next()).filter(|name| !name.is_empty()).collect()
    }

    #[test]
    fn every_handler_is_declared() {
        assert_eq!(handled(), COMMANDS.iter().copied().collect());
    }

    #[test]
    fn the_window_may_call_the_commands_and_hear_events_and_nothing_else() {
        let capability: serde_json::Value = serde_json::from_str(include_str!("../../capabilities/main.json")).unwrap();
        let granted: BTreeSet<String> = capability["permissions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect();
        let mut expected: BTreeSet<String> =
            COMMANDS.iter().map(|name| format!("allow-{}", name.replace('_', "-"))).collect();
        expected.extend(["core:event:allow-listen", "core:event:allow-unlisten"].map(str::to_owned));
        assert_eq!(granted, expected);
    }
}
