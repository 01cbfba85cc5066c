//! `use bucket`.

use engine::view::{AppState, BucketForm, DoctorStep, StepStatus};
use engine::{EngineError, ErrorKind};

use super::args::Bucket;
use super::failure::Failure;
use super::output::{Output, complain, one_line};
use super::place::announce;
use super::secret;
use super::session::Session;

const SECRET_STDIN: &str = "--secret-stdin";

/// Keeps the library in the person's own bucket, which is tried for real first.
pub async fn use_bucket(session: &Session, out: &Output, args: Bucket) -> Result<(), Failure> {
    let state = choose(session, args).await?;
    announce(out, &state);
    tell_what_it_holds(session).await;
    Ok(())
}

/// Says that there are pictures in it that this library doesn't know: they would be taken for gone, and a second library begun.
async fn tell_what_it_holds(session: &Session) {
    let libraries = match session.engine().bucket_libraries().await {
        Ok(libraries) => libraries,
        Err(error) => return tracing::debug!(%error, "what the bucket holds can't be read"),
    };
    let others = libraries.into_iter().filter(|library| !library.open && library.pictures > 0);
    let others: Vec<String> = others
        .map(|library| {
            let pictures = messages::Count::Pictures { count: library.pictures.into() }.to_string();
            match library.username {
                Some(name) => messages::Rebuild::Named { id: library.id, name: one_line(&name), pictures },
                None => messages::Rebuild::Nameless { id: library.id, pictures },
            }
            .to_string()
        })
        .collect();
    if !others.is_empty() {
        complain(messages::Cli::BucketHolds { libraries: others.join("; ") });
    }
}

/// Chooses a bucket, or says step by step what is wrong with it.
pub async fn choose(session: &Session, args: Bucket) -> Result<AppState, Failure> {
    secret::check(args.secret_stdin, SECRET_STDIN)?;
    session.keep_secrets().await?;
    let secret = secret::read(messages::Ask::SecretKey, args.secret_stdin, SECRET_STDIN)?;
    let form = || BucketForm {
        endpoint: args.endpoint.clone(),
        region: args.region.clone(),
        bucket: args.bucket.clone(),
        key_id: args.key_id.clone(),
        secret: secret.clone(),
        path_style: args.path_style,
        without_parts: args.without_parts,
    };
    // What can be done without is told when the store is taken, not when it is missed.
    let tell = |step: &DoctorStep| {
        if step.status == StepStatus::Lacking {
            complain(super::doctor::line(step));
        }
    };
    match session.engine().choose_bucket_telling(form(), tell).await {
        Ok(state) => Ok(state),
        Err(error) => {
            if about_the_bucket(&error) {
                explain(session, form()).await;
            }
            Err(error.into())
        }
    }
}

fn about_the_bucket(error: &EngineError) -> bool {
    matches!(error.code, ErrorKind::BucketUnusable | ErrorKind::StoreRefused | ErrorKind::StoreUnreachable)
}

/// Says what was tried and what came of it, step by step.
async fn explain(session: &Session, form: BucketForm) {
    let tell = |step: &_| complain(super::doctor::line(step));
    if let Err(error) = session.engine().test_bucket(form, tell).await {
        complain(&error.message);
    }
}
