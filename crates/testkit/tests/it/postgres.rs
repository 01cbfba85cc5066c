//! PostgreSQL: fresh databases, restarts, and nothing left behind.

use std::process::{Command, Stdio};

use sea_orm::{ConnectionTrait, Database, Statement};
use testkit::postgres;

async fn run(url: &str, statement: &str) -> Result<u64, sea_orm::DbErr> {
    let connection = Database::connect(url).await?;
    let done = connection.execute_raw(Statement::from_string(connection.get_database_backend(), statement)).await?;
    connection.close().await?;
    Ok(done.rows_affected())
}

async fn listens(url: &str) -> bool {
    let url = url::Url::parse(url).expect("a URL");
    tokio::net::TcpStream::connect(("127.0.0.1", url.port().expect("with a port"))).await.is_ok()
}

#[tokio::test]
async fn two_databases_know_nothing_of_each_other() {
    let (first, second) = tokio::join!(postgres::database(), postgres::database());
    assert_ne!(first, second);
    run(&first, "CREATE TABLE only_here (id INT)").await.expect("a fresh database takes a table");
    run(&first, "INSERT INTO only_here VALUES (1)").await.expect("and rows");
    run(&second, "SELECT * FROM only_here").await.expect_err("the other database has no such table");
}

#[tokio::test]
async fn a_cluster_keeps_its_rows_over_a_stop() {
    let cluster = postgres::Cluster::start().await;
    let url = cluster.database().await;
    run(&url, "CREATE TABLE kept AS SELECT 7 AS id").await.expect("a table is made");
    cluster.stop();
    assert!(!listens(&url).await, "a stopped cluster takes no connection");
    cluster.restart();
    assert_eq!(run(&url, "UPDATE kept SET id = 8 WHERE id = 7").await.expect("it is back at the same address"), 1);
}

#[tokio::test]
async fn a_frozen_cluster_answers_when_it_is_thawed() {
    let cluster = postgres::Cluster::start().await;
    let connection = Database::connect(cluster.database().await).await.expect("it connects");
    let backend = connection.get_database_backend();
    // Returns when every process of it stands still, and panics if one doesn't.
    cluster.freeze();
    let mut query = Box::pin(connection.query_one_raw(Statement::from_string(backend, "SELECT 1")));
    assert!(futures::poll!(&mut query).is_pending());
    cluster.thaw();
    query.await.expect("the connection lives").expect("a row");
}

/// Run by the test below in a process of its own, which is then killed.
#[tokio::test]
async fn helper_starts_a_cluster_and_waits() {
    if std::env::var_os("TESTKIT_WAIT_TO_BE_KILLED").is_none() {
        return;
    }
    let cluster = postgres::Cluster::start().await;
    std::fs::write(std::env::var("TESTKIT_WAIT_TO_BE_KILLED").expect("set"), cluster.admin_url().as_str())
        .expect("written");
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_killed_process_leaves_no_server_and_no_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let note = folder.path().join("url");
    let mut child = Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", "postgres::helper_starts_a_cluster_and_waits"])
        .env("TESTKIT_WAIT_TO_BE_KILLED", &note)
        .env("TMPDIR", folder.path())
        .stdout(Stdio::null())
        .spawn()
        .expect("this binary starts");
    let url = loop {
        match std::fs::read_to_string(&note) {
            Ok(url) if !url.is_empty() => break url,
            _ => tokio::task::yield_now().await,
        }
        assert!(child.try_wait().expect("a child can be asked").is_none(), "the helper ended by itself");
    };
    child.kill().expect("it runs");
    child.wait().expect("it was killed");
    while std::fs::read_dir(folder.path()).expect("readable").count() > 1 {
        tokio::task::yield_now().await;
    }
    assert!(!listens(&url).await, "its server went with it");
}
