//! A library's rows, made by SQL in no time, as uploads would have left them.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

/// When the picture of this number was confirmed, in milliseconds since 1970.
pub fn created_at(number: u64) -> i64 {
    1_700_000_000_000 + i64::try_from(number).expect("a number of a picture") * 1000
}

/// The hash of the picture of this number: no real one, but one of a kind.
pub fn sha256(number: u64) -> String {
    format!("{number:064}")
}

/// The service's database, from behind.
pub struct Rows(DatabaseConnection);

impl Rows {
    pub async fn connect(url: &str) -> Self {
        Self(Database::connect(url).await.expect("the database answers"))
    }

    /// Makes a person's pictures with the numbers after `from` up to `to`: a hundredth of them in the trash, with the
    /// upload of each, and for each tenth another one that was removed for good.
    pub async fn grow(&self, user_id: &str, from: u64, to: u64) {
        let sqlite = self.0.get_database_backend() == DbBackend::Sqlite;
        let (id, user, series, number) = if sqlite {
            let user = format!("x'{}'", user_id.replace('-', ""));
            let series = format!(
                "(WITH RECURSIVE n(i) AS (SELECT {from} + 1 UNION ALL SELECT i + 1 FROM n WHERE i < {to}) SELECT i FROM n)"
            );
            ("randomblob(16)", user, series, "printf('%064d', i)")
        } else {
            let series = format!("generate_series({from} + 1, {to}) AS n(i)");
            ("gen_random_uuid()", format!("'{user_id}'::uuid"), series, "lpad(i::text, 64, '0')")
        };
        let start = created_at(0);
        let (yes, no) = if sqlite { ("1", "0") } else { ("TRUE", "FALSE") };
        let key = |folder: &str| format!("'{folder}/{user_id}/' || i || '.jpg'");
        let images = format!(
            "INSERT INTO images (id, user_id, name, format, content_type, size, sha256, width, height, taken_at, \
             object_key, thumbnail_key, has_thumbnail, favourite, description, tags, created_at, updated_at, deleted_at, \
             revision, stored_size, etag, verified_by, verified_at) \
             SELECT {id}, {user}, 'IMG_' || i || '.jpg', 'jpeg', 'image/jpeg', 4000000, {number}, 4000, 3000, \
             '2026-03-01T12:00:00', {}, {}, {yes}, {no}, 'A picture of a beach with a dog, number ' || i, \
             '[\"beach\",\"dog\"]', {start} + i * 1000, {start} + i * 1000, \
             CASE WHEN i % 100 = 0 THEN {start} + i * 1000 END, 2 * i, 4000000, 'etag', 'content_md5', {start} FROM {series}",
            key("pictures"),
            key("thumbnails"),
        );
        let announced = "'{\"reference\":\"a\",\"name\":\"a.jpg\",\"format\":\"jpeg\",\"size\":4000000}'";
        let uploads = format!(
            "INSERT INTO uploads (id, user_id, state, sha256, size, announced, object_key, created_at, updated_at) \
             SELECT {id}, {user}, 'verified', {number}, 4000000, {announced}, {}, {start} + i * 1000, {} FROM {series}",
            key("pictures"),
            // Of today: they are kept for thirty days, and the service forgets older ones.
            "CAST(4000000000000 AS BIGINT)",
        );
        let tombstones = format!(
            "INSERT INTO tombstones (image_id, user_id, revision, removed_at) \
             SELECT {id}, {user}, 2 * i + 1, {start} + i * 1000 FROM {series} WHERE i % 10 = 0"
        );
        let revision = format!("UPDATE users SET revision = 2 * {to} + 1 WHERE id = {user}");
        for statement in [images, uploads, tombstones, revision] {
            self.0.execute_unprepared(&statement).await.expect("rows can be made");
        }
        if !sqlite {
            // PostgreSQL does so by itself, a little later.
            self.0.execute_unprepared("ANALYZE").await.expect("statistics can be made");
        }
    }

    /// The identifier of the picture of this number, or of the one before when it is in the trash.
    pub async fn some_picture(&self, user_id: &str, number: u64) -> String {
        let number = if number.is_multiple_of(100) { number - 1 } else { number };
        let backend = self.0.get_database_backend();
        let (user, id) = match backend {
            DbBackend::Sqlite => (format!("x'{}'", user_id.replace('-', "")), "lower(hex(id))"),
            _ => (format!("'{user_id}'::uuid"), "id::text"),
        };
        let select = format!("SELECT {id} AS id FROM images WHERE user_id = {user} AND sha256 = '{}'", sha256(number));
        let row = self.0.query_one_raw(Statement::from_string(backend, select)).await.expect("a row can be read");
        row.expect("the picture is there").try_get("", "id").expect("its identifier is text")
    }
}
