//! Other values for the same columns of many rows, in few statements.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Iterable, ModelTrait, Statement, Value};
use sea_orm::{EntityName, EntityTrait, IdenStatic};

/// How many values go into one statement. SQLite takes 32,766, PostgreSQL 65,535.
const VALUES: usize = 30_000;

/// Writes values into these columns of a table, each row's by its key, which has one column. All values of a column have the
/// same type.
///
/// # Errors
/// When the database can't be reached.
pub async fn update_each(
    connection: &impl ConnectionTrait,
    table: &str,
    key: &str,
    columns: &[&str],
    rows: Vec<(Value, Vec<Value>)>,
) -> Result<(), DbErr> {
    if columns.is_empty() {
        return Ok(());
    }
    let backend = connection.get_database_backend();
    let set: Vec<String> = columns.iter().map(|column| format!("\"{column}\" = \"new\".\"{column}\"")).collect();
    let named: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
    let width = columns.len() + 1;
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<_> = rows.by_ref().take((VALUES / width).max(1)).collect();
        let tuples: Vec<String> = (0..some.len()).map(|row| tuple(backend, row * width, width)).collect();
        let sql = format!(
            "WITH \"new\" (\"new_key\", {}) AS (VALUES {}) UPDATE \"{table}\" SET {} FROM \"new\" \
             WHERE \"{table}\".\"{key}\" = \"new\".\"new_key\"",
            named.join(", "),
            tuples.join(", "),
            set.join(", "),
        );
        let values = some.into_iter().flat_map(|(key, values)| std::iter::once(key).chain(values));
        connection.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    }
    Ok(())
}

fn tuple(backend: DbBackend, before: usize, width: usize) -> String {
    let places = (before + 1..=before + width).map(|number| match backend {
        DbBackend::Postgres => format!("${number}"),
        _ => "?".to_owned(),
    });
    format!("({})", places.collect::<Vec<_>>().join(", "))
}

/// Writes what differs between the rows as they were and as they are to be, whichever columns those are. The key is a column
/// of its own and stays as it is.
///
/// # Errors
/// When the database can't be reached.
pub async fn update_changed<E>(
    connection: &impl ConnectionTrait,
    key: E::Column,
    rows: &[(&E::Model, &E::Model)],
) -> Result<(), DbErr>
where
    E: EntityTrait + EntityName + Default,
    E::Model: ModelTrait<Entity = E>,
    E::Column: Iterable + IdenStatic + Copy,
{
    let differs = |column: &E::Column| rows.iter().any(|(before, after)| before.get(*column) != after.get(*column));
    let columns: Vec<E::Column> = E::Column::iter().filter(differs).collect();
    let named: Vec<&str> = columns.iter().map(|column| column.as_str()).collect();
    let values = rows.iter().map(|(_, after)| (after.get(key), columns.iter().map(|one| after.get(*one)).collect()));
    update_each(connection, E::default().table_name(), key.as_str(), &named, values.collect()).await
}
