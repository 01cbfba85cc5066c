//! The end of an account.

use account_api::{
    AuthResponse, ErrorCode, Image, LinksRequest, LinksResponse, LoginRequest, MessageResponse, RefreshRequest,
    RemoveAccountRequest, User, route,
};
use rstest::rstest;

use crate::app::{Answer, Db, Person, TestApp, path, png};
use crate::process::Setup;
use crate::two_factor::{PASSWORD, code, switch_on};
use crate::uploads::{announcement, put, single};

async fn remove(person: &Person<'_>, password: &str, totp_code: Option<String>) -> Answer {
    let request = RemoveAccountRequest { password: password.to_owned(), totp_code, recovery_code: None };
    person.post(route::REMOVE_ACCOUNT, &request).await
}

/// Every file of the store in which an account's identifier stands.
fn of_account(app: &TestApp, id: &str) -> Vec<std::path::PathBuf> {
    fn walk(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    walk(&app.config.data_dir.join("store/objects"), &mut found);
    found.retain(|path| path.to_string_lossy().contains(id));
    found
}

#[rstest]
#[tokio::test]
async fn all_of_an_account_goes_and_nothing_of_anybody_else(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let (anna, bert) = (app.register("anna").await, app.register("bert").await);
    let me: User = anna.get(route::ME).await.ok();
    let image = anna.upload("a.png", &png(1)).await;
    let theirs = bert.upload("a.png", &png(1)).await;
    let links: LinksResponse = anna.post(route::LINKS, &LinksRequest { image_ids: vec![image.id.clone()] }).await.ok();
    let open = anna.grant(announcement("b.png", &png(2))).await;
    put(&anna, single(&open), &png(2)).await;
    let mut large = announcement("c.png", &png(3));
    large.size = 20 * 1024 * 1024;
    anna.grant(large).await;
    app.journal.write().await;
    assert!(of_account(&app, &me.id).iter().any(|path| path.to_string_lossy().contains("journal")));

    assert_eq!(remove(&anna, "a wrong password", None).await.code(), ErrorCode::InvalidCredentials);
    let _: Image = anna.get(&path(route::IMAGE, &image.id)).await.ok();
    let _: MessageResponse = remove(&anna, PASSWORD, None).await.ok();

    assert_eq!(of_account(&app, &me.id), Vec::<std::path::PathBuf>::new());
    assert_eq!(anna.get(route::ME).await.code(), ErrorCode::Unauthorized);
    let refresh_token = anna.auth.clone().unwrap().refresh_token;
    let refresh = RefreshRequest { refresh_token, ..RefreshRequest::default() };
    assert_eq!(app.nobody().post(route::REFRESH, &refresh).await.code(), ErrorCode::SessionEnded);
    let login = LoginRequest { username: "anna".to_owned(), password: PASSWORD.to_owned(), ..LoginRequest::default() };
    assert_eq!(app.nobody().post(route::LOGIN, &login).await.code(), ErrorCode::InvalidCredentials);
    let link = links.links[0].url.rsplit_once("/i/").unwrap().1.to_owned();
    assert_eq!(app.nobody().get(&path(route::SHARED, &link)).await.code(), ErrorCode::NotFound);
    for table in ["images", "uploads", "sessions", "links", "tombstones", "journal_positions", "held_keys"] {
        let left = app.column(&format!("SELECT COUNT(*) || '' FROM {table}")).await;
        let expected = match table {
            "images" | "uploads" | "sessions" => "1",
            _ => "0",
        };
        assert!(left[0] == expected || table == "journal_positions", "{table}: {left:?}");
    }
    let _: Image = bert.get(&path(route::IMAGE, &theirs.id)).await.ok();

    // What is sent by an address that was given out before is found when that has ended.
    assert!(put(&anna, single(&open), &png(2)).await.status.is_success());
    assert_eq!(of_account(&app, &me.id).len(), 1);
    app.execute("UPDATE removed_accounts SET look_at = 0").await;
    app.housekeeping.once().await;
    assert!(of_account(&app, &me.id).is_empty());
    app.execute("UPDATE removed_accounts SET look_at = 0").await;
    app.housekeeping.once().await;
    assert!(app.column("SELECT looks || '' FROM removed_accounts").await.is_empty(), "then it is forgotten");
    // The name is free again.
    app.register("anna").await;
}

#[rstest]
#[tokio::test]
async fn with_a_second_factor_it_takes_a_code(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let (secret, _) = switch_on(&anna).await;
    assert_eq!(remove(&anna, PASSWORD, None).await.code(), ErrorCode::TotpRequired);
    assert_eq!(remove(&anna, PASSWORD, Some(code(&secret, 0))).await.code(), ErrorCode::TotpInvalid, "used up");
    assert_eq!(remove(&anna, "a wrong password", Some(code(&secret, 1))).await.code(), ErrorCode::InvalidCredentials);
    let _: User = anna.get(route::ME).await.ok();
    let _: MessageResponse = remove(&anna, PASSWORD, Some(code(&secret, 1))).await.ok();
    assert_eq!(anna.get(route::ME).await.code(), ErrorCode::Unauthorized);
}

#[rstest]
#[tokio::test]
async fn the_operator_can_remove_an_account(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let setup = Setup::on(db, None).await;
    let service = setup.serve().await;
    let anna = service.register("anna").await;
    service.register("bert").await;
    anna.upload("a.png", &png(1)).await;
    let asked = setup.run(&["user", "remove", "anna"]);
    assert_eq!(asked.code, Some(2), "nobody is there to confirm: {asked:?}");
    let nobody = setup.run(&["user", "remove", "carl", "--yes"]);
    assert_eq!(nobody.code, Some(1));
    let out = setup.run(&["user", "remove", "Anna", "--yes"]).ok();
    assert!(out.starts_with("anna is removed, with 1 picture of"), "{out}");
    assert_eq!(anna.get(route::ME).await.code(), ErrorCode::Unauthorized);
    let people = setup.run(&["user", "list", "--json"]).lines();
    assert_eq!(people.len(), 1);
    let _: AuthResponse = service.register("anna").await.auth.unwrap();
}
