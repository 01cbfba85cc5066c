//! What an operator does on the command line, beside a running service.

use account_api::{
    AuthResponse, ErrorCode, GrantOutcome, LinksRequest, LinksResponse, LoginRequest, RefreshRequest, User, route,
};
use rstest::rstest;

use crate::app::{Answer, Db, Site, png};
use crate::process::{PROGRAM, Setup};
use crate::uploads::announcement;

fn login(name: &str, password: &str) -> LoginRequest {
    LoginRequest { username: name.to_owned(), password: password.to_owned(), ..LoginRequest::default() }
}

async fn refresh(site: &Site, token: &str) -> Answer {
    site.nobody()
        .post(route::REFRESH, &RefreshRequest { refresh_token: token.to_owned(), ..RefreshRequest::default() })
        .await
}

#[rstest]
#[tokio::test]
async fn the_schema_is_made_once(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let setup = Setup::on(db, None).await;
    let out = setup.run(&["migrate"]).ok();
    assert!(out.starts_with("Applied m0001_accounts_and_pictures.\n"), "{out}");
    assert_eq!(setup.run(&["migrate"]).ok(), "The schema is up to date.\n");
}

#[rstest]
#[tokio::test]
async fn an_account_that_the_operator_made_can_sign_in(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let setup = Setup::on(db, None).await;
    let service = setup.serve().await;
    setup.run_with(&["user", "add", "anna", "--email", "anna@example.com", "--password-stdin"], "long enough 1\n").ok();
    let auth: AuthResponse = service.nobody().post(route::LOGIN, &login("anna", "long enough 1")).await.ok();
    let anna = service.signed_in(auth);
    let me: User = anna.get(route::ME).await.ok();
    assert_eq!((&*me.username, &*me.email), ("anna", "anna@example.com"));
    anna.upload("a.png", &png(1)).await;

    let people = setup.run(&["user", "list", "--json"]).lines();
    assert_eq!(people.len(), 1);
    assert_eq!(people[0]["username"], "anna");
    assert_eq!((&people[0]["pictures"], &people[0]["bytes"]), (&1.into(), &png(1).len().into()));
    assert!(people[0]["last_used_at"].is_string() && people[0]["disabled_at"].is_null());
    assert!(setup.run(&["user", "list"]).ok().contains("anna"));

    let twice = setup.run_with(&["user", "add", "Anna", "--password-stdin"], "long enough 1\n");
    assert_eq!(twice.code, Some(1));
    assert!(twice.err.contains("taken"), "{}", twice.err);
    let weak = setup.run_with(&["user", "add", "bert", "--password-stdin"], "short\n");
    assert_eq!(weak.code, Some(1));
    assert_eq!(setup.run(&["user", "add", "carl"]).code, Some(2), "there is no terminal to ask on");
    assert_eq!(setup.run(&["user", "list", "--json"]).lines().len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_closed_account_lets_nobody_in_until_it_is_opened_again(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let setup = Setup::on(db, None).await;
    let service = setup.serve().await;
    let anna = service.register("anna").await;
    let bert = service.register("bert").await;
    let image = anna.upload("a.png", &png(1)).await;
    let links: LinksResponse = anna.post(route::LINKS, &LinksRequest { image_ids: vec![image.id] }).await.ok();
    let link = links.links[0].url.clone();
    assert_eq!(Answer::of(service.http.get(&link)).await.status, 302);
    let auth = anna.auth.clone().unwrap();

    setup.run(&["user", "disable", "ANNA"]).ok();
    assert_eq!(anna.get(route::ME).await.code(), ErrorCode::Unauthorized);
    assert_eq!(anna.get(route::IMAGES).await.code(), ErrorCode::Unauthorized);
    assert_eq!(refresh(&service, &auth.refresh_token).await.code(), ErrorCode::SessionEnded);
    let right = service.nobody().post(route::LOGIN, &login("anna", "a long enough password")).await;
    assert_eq!(right.code(), ErrorCode::Forbidden);
    let wrong = service.nobody().post(route::LOGIN, &login("anna", "another password")).await;
    assert_eq!(wrong.code(), ErrorCode::InvalidCredentials, "only who knows the password learns of it");
    assert_eq!(Answer::of(service.http.get(&link)).await.code(), ErrorCode::NotFound);
    let _: User = bert.get(route::ME).await.ok();
    let people = setup.run(&["user", "list", "--json"]).lines();
    assert!(people[0]["disabled_at"].is_string() && people[1]["disabled_at"].is_null());

    setup.run(&["user", "enable", "anna"]).ok();
    assert_eq!(refresh(&service, &auth.refresh_token).await.code(), ErrorCode::SessionEnded, "sessions stay ended");
    let auth: AuthResponse = service.nobody().post(route::LOGIN, &login("anna", "a long enough password")).await.ok();
    assert_eq!(service.signed_in(auth).images().await.len(), 1, "everything was kept");
    assert_eq!(Answer::of(service.http.get(&link)).await.status, 302);

    let nobody = setup.run(&["user", "disable", "nobody"]);
    assert_eq!(nobody.code, Some(1));
    assert!(nobody.err.contains("nobody"), "{}", nobody.err);
}

#[rstest]
#[tokio::test]
async fn an_account_holds_what_the_operator_lets_it(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let setup = Setup::on(db, None).await;
    let service = setup.serve().await;
    let anna = service.register("anna").await;
    anna.upload("a.png", &png(1)).await;
    setup.run(&["user", "quota", "anna", "--pictures", "2", "--bytes", "1G"]).ok();
    let people = setup.run(&["user", "list", "--json"]).lines();
    assert_eq!((&people[0]["quota_pictures"], &people[0]["quota_bytes"]), (&2.into(), &(1_u64 << 30).into()));
    assert_eq!((&people[0]["pictures"], &people[0]["bytes"]), (&1.into(), &png(1).len().into()));
    anna.upload("b.png", &png(2)).await;
    let third = anna.announce(announcement("c.png", &png(3))).await;
    let GrantOutcome::Refused { error } = third else { panic!("{third:?}") };
    assert_eq!(error.code, ErrorCode::QuotaExceeded);
    setup.run(&["user", "quota", "anna", "--pictures", "none"]).ok();
    anna.upload("c.png", &png(3)).await;
    setup.run(&["user", "quota", "anna", "--pictures", "default", "--bytes", "default"]).ok();
    let people = setup.run(&["user", "list", "--json"]).lines();
    assert!(people[0]["quota_pictures"].is_null() && people[0]["quota_bytes"].is_null());
    assert!(setup.run(&["user", "quota", "anna"]).ok().contains("3 pictures"));
    assert_eq!(setup.run(&["user", "quota", "anna", "--bytes", "lots"]).code, Some(2));
}

#[tokio::test]
async fn half_a_group_of_variables_is_an_error_that_names_what_is_missing() {
    let mut setup = Setup::on(Db::Sqlite, None).await;
    setup.set("S3_BUCKET", "pictures");
    setup.set("AWS_ACCESS_KEY", "key");
    for command in ["serve", "migrate", "check", "gc"] {
        let ran = setup.run(&[command]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.contains("AWS_SECRET_KEY"), "{ran:?}");
    }
    // The same from a file, which the environment overrides.
    let from_file = Setup::on(Db::Sqlite, None).await;
    std::fs::write(from_file.folder().join(".env"), "OPENAI_MODEL=gpt-4.1\nDATABASE_URL=mysql://nobody\n").unwrap();
    assert!(from_file.run(&["migrate"]).err.contains("DATABASE_URL"));
    std::fs::write(from_file.folder().join(".env"), "OPENAI_MODEL=gpt-4.1\n").unwrap();
    let ran = from_file.run(&["migrate"]);
    assert!(ran.code == Some(2) && ran.err.contains("OPENAI_API_KEY"), "{ran:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_of_variables_is_read_from_the_working_folder_only_and_only_if_it_is_the_operators() {
    use std::os::unix::fs::PermissionsExt;
    let setup = Setup::on(Db::Sqlite, None).await;
    std::fs::write(setup.folder().join(".env"), "DATABASE_URL=mysql://nobody\n").unwrap();
    let below = setup.folder().join("below");
    std::fs::create_dir(&below).unwrap();
    let ran = setup.command(PROGRAM).arg("migrate").current_dir(&below).output().unwrap();
    assert!(ran.status.success(), "{ran:?}");
    std::fs::set_permissions(setup.folder().join(".env"), std::fs::Permissions::from_mode(0o666)).unwrap();
    let ran = setup.run(&["migrate"]);
    assert!(ran.code == Some(2) && ran.err.contains("others may write it"), "{ran:?}");
}

#[tokio::test]
async fn a_key_that_can_be_guessed_is_refused_at_the_start() {
    let mut setup = Setup::on(Db::Sqlite, None).await;
    setup.set("JWT_SECRET_KEY", "hush-hush");
    let ran = setup.run(&["serve"]);
    assert!(ran.code == Some(2) && ran.err.contains("JWT_SECRET_KEY") && ran.err.contains("at least 32"), "{ran:?}");
}
