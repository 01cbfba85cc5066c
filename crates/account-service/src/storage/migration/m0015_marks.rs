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
