//! What is set of a picture as a whole stands in one column, so that a further mark is none more.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0015_marks"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        // What nobody has set isn't written, and a crop is JSON already: [`account_api::Marks`].
        let marks = match manager.get_database_backend() {
            DbBackend::Postgres => {
                "jsonb_strip_nulls(jsonb_build_object(
                    'favourite', CASE WHEN favourite THEN true END, 'rotation', NULLIF(rotation, 0), 'crop', crop::jsonb
                 ))::text"
            }
            _ => {
                "json_patch('{}', json_object(
                    'favourite', json(CASE WHEN favourite THEN 'true' END), 'rotation', NULLIF(rotation, 0), 'crop', json(crop)
                 ))"
            }
        };
        let fill = format!("UPDATE images SET crop = {marks} WHERE favourite OR rotation <> 0 OR crop IS NOT NULL");
        for statement in [
            fill.as_str(),
            "ALTER TABLE images RENAME COLUMN crop TO marks",
            "ALTER TABLE images DROP COLUMN favourite",
            "ALTER TABLE images DROP COLUMN rotation",
        ] {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use account_api::{Crop, Marks};
    use sea_orm::{ConnectOptions, ConnectionTrait, Database, FromQueryResult, Statement};
    use sea_orm_migration::{MigrationTrait, SchemaManager};

    use super::*;

    #[derive(FromQueryResult)]
    struct Kept {
        marks: Option<String>,
    }

    /// What was set before is kept, and what nobody had set is not written.
    async fn what_was_set_is_kept(url: String) {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let connection = Database::connect(options).await.unwrap();
        let manager = SchemaManager::new(&connection);
        // As much of the table of then as this is about.
        for statement in [
            "CREATE TABLE images (id integer, favourite boolean NOT NULL, rotation integer NOT NULL, crop text)",
            "INSERT INTO images VALUES (1, false, 0, NULL), (2, true, 0, NULL), (3, false, 270, NULL)",
            r#"INSERT INTO images VALUES
                (4, true, 90, '{"left":0.125,"top":0.0,"width":0.5,"height":1.0,"angle":-2.5}')"#,
        ] {
            connection.execute_unprepared(statement).await.unwrap();
        }
        Migration.up(&manager).await.unwrap();
        let query = Statement::from_string(connection.get_database_backend(), "SELECT marks FROM images ORDER BY id");
        let kept = Kept::find_by_statement(query).all(&connection).await.unwrap();
        let read = |kept: &Kept| kept.marks.as_deref().map(|marks| serde_json::from_str::<Marks>(marks).unwrap());
        let crop = Crop { left: 0.125, top: 0.0, width: 0.5, height: 1.0, angle: -2.5 };
        let expected = [
            None,
            Some(Marks { favourite: true, ..Marks::default() }),
            Some(Marks { rotation: 270, ..Marks::default() }),
            Some(Marks { favourite: true, rotation: 90, crop: Some(crop), ..Marks::default() }),
        ];
        assert_eq!(kept.iter().map(read).collect::<Vec<_>>(), expected);
        assert_eq!(
            kept[1].marks.as_deref().map(|marks| marks.replace(' ', "")),
            Some(r#"{"favourite":true}"#.to_owned())
        );
    }

    #[tokio::test]
    async fn what_was_set_is_kept_on_sqlite() {
        what_was_set_is_kept("sqlite::memory:".to_owned()).await;
    }

    #[tokio::test]
    async fn what_was_set_is_kept_on_postgres() {
        what_was_set_is_kept(testkit::postgres::database().await).await;
    }
}
