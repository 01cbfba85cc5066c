//! `places`, and `use` for all of them.

use engine::view::{AccountForm, KnownPlace, PlaceKind, PlaceNeeds};
use engine::{EngineError, ErrorKind};

use super::args::{Bucket, Choice, Places, PlacesAction, Use};
use super::failure::Failure;
use super::output::{Output, complain, one_line};
use super::session::Session;
use super::{bucket, place, secret};

const SECRET_STDIN: &str = "--secret-stdin";

/// Chooses a new place, or goes back to a known one.
pub async fn choose(session: &Session, out: &Output, args: Use) -> Result<(), Failure> {
    match (args.choice, args.name) {
        (Some(_), Some(name)) => Err(Failure::Usage(messages::Cli::PlaceAndName { name: name.to_string() }.into())),
        (Some(Choice::ThisComputer), None) => place::use_this_computer(session, out).await,
        (Some(Choice::Bucket(bucket)), None) => bucket::use_bucket(session, out, bucket).await,
        (None, Some(name)) => go_back(session, out, &name, args.secret_stdin).await,
        (None, None) => Err(Failure::Usage(messages::Cli::NameAPlace.into())),
    }
}

/// Goes back to a known place; asks for nothing that is kept.
async fn go_back(session: &Session, out: &Output, name: &str, secret_stdin: bool) -> Result<(), Failure> {
    let known = session.engine().known_place(name).await?;
    let given = secret_stdin && known.place.kind != PlaceKind::ThisComputer;
    let state = match known.needs {
        PlaceNeeds::Nothing if !given => session.engine().use_place(&known.place.id).await?,
        PlaceNeeds::Unlock => return Err(locked(session, &known).into()),
        PlaceNeeds::Nothing | PlaceNeeds::Key | PlaceNeeds::SignIn => type_again(session, known, secret_stdin).await?,
    };
    place::announce(out, &state);
    Ok(())
}

/// Asks for the one thing that is not kept, with everything else filled in.
async fn type_again(
    session: &Session,
    known: KnownPlace,
    secret_stdin: bool,
) -> Result<engine::view::AppState, Failure> {
    let place = known.place;
    if !secret_stdin && !secret::can_ask() {
        let (place_name, option) = (place.name, SECRET_STDIN.to_owned());
        return Err(Failure::Usage(match place.kind {
            PlaceKind::Bucket => messages::Cli::SecretKeyNotKept { place: place_name, option }.into(),
            _ => messages::Cli::PasswordNotKept { place: place_name, option }.into(),
        }));
    }
    complain(messages::Cli::PlaceNotKept { place: place.title.to_string() });
    match place.bucket {
        Some(known) => {
            let typed = Bucket {
                endpoint: known.endpoint,
                region: known.region,
                bucket: known.bucket,
                key_id: known.key_id,
                path_style: known.path_style,
                without_parts: known.without_parts,
                secret_stdin,
            };
            bucket::choose(session, typed).await
        }
        None => {
            session.keep_secrets().await?;
            let password = secret::read(messages::Ask::Password, secret_stdin, SECRET_STDIN)?;
            let username = place.username.unwrap_or_default();
            place::sign_in(session, AccountForm { service: place.location, username, password, code: None }).await
        }
    }
}

fn locked(session: &Session, known: &KnownPlace) -> EngineError {
    let reason = match session.engine().state().secrets {
        engine::view::SecretsState::Locked { reason, .. } => reason,
        _ => messages::Secrets::Locked.to_string(),
    };
    EngineError::new(
        ErrorKind::SecretsLocked,
        messages::Cli::PlaceLockedNow { place: known.place.name.to_string(), why: reason.to_string() },
    )
}

/// Lists known places, or forgets one.
pub async fn places(session: &Session, out: &Output, args: Places) -> Result<(), Failure> {
    match args.action.unwrap_or(PlacesAction::List) {
        PlacesAction::List => list(session, out).await,
        PlacesAction::Forget { name, yes } => forget(session, out, &name, yes).await,
    }
    .map(drop)
}

async fn list(session: &Session, out: &Output) -> Result<(), Failure> {
    let known = session.engine().places().await;
    if known.is_empty() {
        complain(messages::Cli::NoPlace);
    }
    let longest = known.iter().map(|known| known.place.name.chars().count()).max().unwrap_or_default();
    for known in known {
        if out.json() {
            out.object(&known);
        } else {
            let mark = if known.current { '*' } else { ' ' };
            let name = one_line(&known.place.name);
            out.line(format!("{mark} {name:longest$}  {}", one_line(&about(&known))));
        }
    }
    Ok(())
}

/// What is known of a place, on one line.
fn about(known: &KnownPlace) -> String {
    let not_counted = || messages::Cli::PicturesNotCounted.to_string();
    let counted = |count: u32| messages::Count::Pictures { count: count.into() }.to_string();
    let mut parts = vec![known.pictures.map_or_else(not_counted, counted)];
    if known.waiting > 0 {
        parts.push(messages::Cli::PlaceUploads { count: known.waiting.into() }.to_string());
    }
    match known.needs {
        PlaceNeeds::Nothing => {}
        PlaceNeeds::Key => parts.push(messages::Cli::PlaceAsksKey.to_string()),
        PlaceNeeds::SignIn => parts.push(messages::Cli::PlaceAsksPassword.to_string()),
        PlaceNeeds::Unlock => parts.push(messages::Cli::PlaceLocked.to_string()),
    }
    if known.place.kind == PlaceKind::ThisComputer {
        parts.push(known.place.location.clone());
    }
    parts.join(", ")
}

/// Forgets a place, after saying what that means.
async fn forget(session: &Session, out: &Output, name: &str, yes: bool) -> Result<(), Failure> {
    let known = session.engine().known_place(name).await?;
    complain(meaning(&known));
    if !yes && !secret::confirm(messages::Ask::Forget)? {
        complain(messages::Cli::NothingChanged);
        return Err(Failure::Some);
    }
    let state = session.engine().forget_place(&known.place.id).await?;
    if out.json() {
        out.object(&state);
    } else {
        complain(messages::Cli::Forgotten { place: known.place.name.to_string() });
    }
    Ok(())
}

/// What forgetting a place means, in a sentence or two.
fn meaning(known: &KnownPlace) -> String {
    let name = &known.place.name;
    let mut said = match known.place.kind {
        PlaceKind::ThisComputer => {
            messages::Cli::ForgetThisComputer { name: name.to_string(), location: known.place.location.to_string() }
                .to_string()
        }
        PlaceKind::Bucket => messages::Cli::ForgetBucket { name: name.to_string() }.to_string(),
        PlaceKind::Account => messages::Cli::ForgetAccount { name: name.to_string() }.to_string(),
    };
    if known.waiting > 0 {
        said += &format!(" {}", messages::Cli::ForgetWaiting { count: known.waiting.to_string() });
    }
    said
}

#[cfg(test)]
mod tests {
    use engine::view::{BucketAddress, Place};

    use super::*;

    fn holiday() -> KnownPlace {
        let bucket = BucketAddress {
            endpoint: "https://s3.example.com".into(),
            region: "garage".into(),
            bucket: "holiday".into(),
            key_id: "GK1".into(),
            path_style: true,
            without_parts: false,
        };
        KnownPlace {
            place: Place {
                id: "bucket-1".into(),
                name: "holiday@s3.example.com".into(),
                kind: PlaceKind::Bucket,
                title: "bucket holiday at s3.example.com".into(),
                location: "https://s3.example.com".into(),
                username: None,
                bucket: Some(bucket),
                signed_in: false,
            },
            current: false,
            pictures: Some(1),
            waiting: 3,
            needs: PlaceNeeds::Key,
        }
    }

    #[test]
    fn a_line_says_how_many_pictures_and_what_is_asked_for() {
        assert_eq!(about(&holiday()), "1 picture, 3 uploads not finished, asks for its secret key");
        let unread = KnownPlace { pictures: None, waiting: 0, needs: PlaceNeeds::Nothing, ..holiday() };
        assert_eq!(about(&unread), "pictures not counted");
    }

    #[test]
    fn forgetting_says_what_stays() {
        let said = meaning(&holiday());
        assert!(
            said.contains("its key from this computer") && said.contains("stay in the bucket") && said.contains("(3)"),
            "{said}"
        );
    }
}
