//! What a rebuild may call proven: nothing that was not compared with a hash that came from the file.

use std::fs::FileTimes;
use std::path::{Path, PathBuf};

use account_api::{
    CheckedBy, CompleteItem, CompleteOutcome, CompleteRequest, CompleteResponse, Fault, Grant, GrantOutcome,
    GrantRequest, GrantResponse, Image, ImagePatch, Transfer, VerifiedBy, VerifyOutcome, VerifyRequest, VerifyResponse,
    VerifyResult, route,
};
use reqwest::Method;
use rstest::rstest;
use sha2::{Digest, Sha256};

use crate::app::png;
use crate::journal::segments;
use crate::rebuild::Computer;
use crate::uploads::announcement;

impl Computer {
    async fn verify(&self, images: &[&Image], read_back: bool, proof: bool) -> Vec<VerifyResult> {
        let image_ids = images.iter().map(|image| image.id.clone()).collect();
        let request = VerifyRequest { image_ids, read_back, proof };
        let response: VerifyResponse =
            self.send(Method::POST, route::VERIFY, Some(&request)).await.json().await.unwrap();
        response.results
    }

    async fn outcome(&self, image: &Image) -> VerifyOutcome {
        self.verify(&[image], false, false).await.remove(0).outcome
    }

    async fn without_database_and_journal(self) -> Self {
        let computer = self.without_database().await;
        for segment in segments(computer.dir.path()) {
            std::fs::remove_file(segment).unwrap();
        }
        computer
    }

    /// The file of a picture's object, and of its record.
    fn files_of(&self, image: &Image) -> [PathBuf; 2] {
        ["objects", "facts"].map(|kind| {
            let people = self.dir.path().join("store").join(kind).join("pictures");
            let person = std::fs::read_dir(people).unwrap().next().unwrap().unwrap().path();
            let extension = if image.format == "jpeg" { "jpg" } else { "png" };
            person.join(format!("{}.{extension}", image.id))
        })
    }
}

/// Writes other bytes, and leaves the time at which they were written, as a failing disk does.
fn rot(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let times = std::fs::metadata(path).unwrap().modified().unwrap();
    let mut bytes = std::fs::read(path).unwrap();
    change(&mut bytes);
    std::fs::write(path, bytes).unwrap();
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_times(FileTimes::new().set_modified(times)).unwrap();
}

fn flip(bytes: &mut [u8]) {
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x40;
}

#[tokio::test]
async fn what_nobody_compared_is_not_proven_until_it_is_read_back() {
    let computer = Computer::new().await;
    let mut images = Vec::new();
    for n in 0..6 {
        images.push(computer.upload(&format!("{n}.png"), png(n)).await);
    }
    let [sound, flipped, zeroed, exchanged, other, lying] = images.try_into().unwrap();
    let computer = computer.without_database_and_journal().await;
    rot(&computer.files_of(&flipped)[0], |bytes| flip(bytes));
    rot(&computer.files_of(&zeroed)[0], |bytes| bytes.fill(0));
    let bytes_of_another = std::fs::read(&computer.files_of(&other)[0]).unwrap();
    rot(&computer.files_of(&exchanged)[0], |bytes| {
        bytes.clear();
        bytes.extend_from_slice(&bytes_of_another);
    });
    rot(&computer.files_of(&lying)[1], |record| {
        let said = String::from_utf8(record.clone()).unwrap();
        *record = said.replace(&lying.sha256, &"ab".repeat(32)).into_bytes();
    });

    let report = computer.rebuild(None).await.unwrap();
    assert_eq!((report.from_objects, report.not_proven, report.by_bytes), (6, 6, 0), "{report:?}");
    let library = computer.library().await;
    assert_eq!(library.len(), 6);
    for image in library.values() {
        let receipt = &image.receipt;
        assert_eq!((receipt.verified_by, &receipt.verified_at, receipt.fault), (VerifiedBy::NotProven, &None, None));
    }
    // Asking the store again reads them, without being told to.
    for bad in [&flipped, &zeroed, &exchanged, &lying] {
        let told = computer.outcome(bad).await;
        assert!(matches!(told, VerifyOutcome::Changed { .. }), "{}: {told:?}", bad.name);
    }
    for good in [&sound, &other] {
        let told = computer.outcome(good).await;
        assert_eq!(told, VerifyOutcome::Confirmed { checked_by: CheckedBy::ReadBack }, "{}", good.name);
    }
    let library = computer.library().await;
    for image in library.values() {
        let receipt = &image.receipt;
        if image.id == sound.id || image.id == other.id {
            assert!(receipt.verified_by == VerifiedBy::ReadBack && receipt.verified_at.is_some(), "{receipt:?}");
        } else {
            assert!(receipt.fault == Some(Fault::Changed) && receipt.verified_at.is_none(), "{receipt:?}");
        }
    }
    // What has been read is not read again, and what was found wrong stays wrong.
    let told = computer.outcome(&sound).await;
    assert_eq!(told, VerifyOutcome::Confirmed { checked_by: CheckedBy::SizeAndTag });
    assert!(matches!(computer.outcome(&flipped).await, VerifyOutcome::Changed { .. }));

    // The journal says the same on the next computer.
    let computer = computer.without_database().await;
    computer.rebuild(None).await.unwrap();
    let proofs = |library: &std::collections::BTreeMap<String, Image>| -> Vec<_> {
        library.values().map(|image| (image.id.clone(), image.receipt.verified_by, image.receipt.fault)).collect()
    };
    assert_eq!(proofs(&computer.library().await), proofs(&library));
}

#[tokio::test]
async fn a_proof_of_the_journal_holds_while_the_store_has_the_same_tag() {
    let computer = Computer::new().await;
    let kept = computer.upload("kept.png", png(1)).await;
    let replaced = computer.upload("replaced.png", png(2)).await;
    let cut = computer.upload("cut.png", png(3)).await;
    let computer = computer.without_database().await;
    let mut same_size = png(2);
    flip(&mut same_size);
    std::fs::write(&computer.files_of(&replaced)[0], same_size).unwrap();
    std::fs::write(&computer.files_of(&cut)[0], &png(3)[..40]).unwrap();
    let report = computer.rebuild(None).await.unwrap();
    assert_eq!((report.from_journal, report.changed, report.not_proven), (3, 1, 2), "{report:?}");
    let library = computer.library().await;
    assert_eq!(library[&kept.id].receipt, kept.receipt);
    assert_eq!(library[&replaced.id].receipt.verified_by, VerifiedBy::NotProven);
    assert_eq!(library[&cut.id].receipt.fault, Some(Fault::Changed), "another size is no longer the picture");
    assert!(matches!(computer.outcome(&replaced).await, VerifyOutcome::Changed { .. }));
    assert_eq!(computer.outcome(&kept).await, VerifyOutcome::Confirmed { checked_by: CheckedBy::SizeAndTag });
}

/// What somebody wrote about a picture is not lost with its object, and its file mends it.
#[tokio::test]
async fn what_the_journal_names_and_the_store_lost_comes_back_as_missing() {
    let computer = Computer::new().await;
    let kept = computer.upload("kept.png", png(1)).await;
    let lost = computer.upload("lost.png", png(2)).await;
    let patch = ImagePatch { name: Some("A gull.png".to_owned()), ..ImagePatch::default() };
    computer.patch(&lost.id, patch).await;
    let computer = computer.without_database().await;
    for file in computer.files_of(&lost) {
        std::fs::remove_file(file).unwrap();
    }
    let report = computer.rebuild(None).await.unwrap();
    assert_eq!((report.from_journal, report.missing, report.not_proven), (1, 1, 0), "{report:?}");
    let library = computer.library().await;
    assert_eq!((library.len(), library[&kept.id].receipt.fault), (2, None));
    assert_eq!(library[&lost.id].receipt.fault, Some(Fault::Missing));
    assert_eq!(library[&lost.id].name, "A gull.png");
    let again = computer.rebuild(None).await.unwrap();
    assert_eq!((again.missing, computer.library().await.len()), (1, 2), "{again:?}");
    assert_eq!(computer.outcome(&lost).await, VerifyOutcome::Missing);
}

#[tokio::test]
async fn where_metadata_is_dropped_pictures_come_back_by_their_bytes() {
    let computer = Computer::new().await;
    let photo = testkit::photos::jpeg_with_exif(6, None, Some("2024:05:06 07:08:09"));
    let before = [computer.upload("Grüße.png", png(1)).await, computer.upload("photo.jpg", photo.clone()).await];
    let computer = computer.without_database_and_journal().await;
    // As gateways that know no metadata leave it.
    for image in &before {
        rot(&computer.files_of(image)[1], |record| {
            let mut said: serde_json::Value = serde_json::from_slice(record).unwrap();
            said["metadata"] = serde_json::json!({});
            *record = said.to_string().into_bytes();
        });
    }
    let folder = computer.files_of(&before[0])[0].parent().unwrap().to_owned();
    std::fs::write(folder.join("3fa85f64-5717-4562-b3fc-2c963f66afa6.jpg"), b"no picture").unwrap();
    std::fs::write(folder.join("notes.jpg"), b"somebody else's").unwrap();

    let report = computer.rebuild(None).await.unwrap();
    assert_eq!((report.from_objects, report.by_bytes, report.left_alone), (2, 2, 2), "{report:?}");
    assert_eq!(report.not_proven, 2, "what bytes say of themselves is no word of a file: {report:?}");
    let library = computer.library().await;
    for image in &before {
        let after = &library[&image.id];
        let facts = |image: &Image| {
            let pixels = (image.width, image.height, image.thumbhash.clone());
            let whence = (image.taken_at.clone(), image.camera.clone(), image.format.clone());
            (image.sha256.clone(), image.size, pixels, whence)
        };
        assert_eq!(facts(after), facts(image));
        assert_eq!((after.receipt.verified_by, &after.receipt.verified_at), (VerifiedBy::AsFound, &None));
        assert!(after.name.contains(&image.id[..8]), "a name is made up: {}", after.name);
        for _ in 0..2 {
            assert_eq!(computer.outcome(after).await, VerifyOutcome::Confirmed { checked_by: CheckedBy::ReadBack });
        }
        assert_eq!(
            computer.library().await[&image.id].receipt.verified_by,
            VerifiedBy::AsFound,
            "reading proves no file"
        );
    }
    assert_eq!(computer.bytes(&before[1].id).await, photo);
    assert!(library[&before[1].id].name.starts_with("2024-05-06 07.08.09"));
}

/// Of two objects that say that they have the same bytes, one doesn't: whichever of them is looked at first.
#[rstest]
#[case::the_first_one_lies(0)]
#[case::the_second_one_lies(1)]
#[tokio::test]
async fn an_object_that_claims_anothers_bytes_costs_neither(#[case] liar: usize) {
    let computer = Computer::new().await;
    let mut images = [computer.upload("0.png", png(0)).await, computer.upload("1.png", png(1)).await];
    let bytes = |image: &Image| if image.name == "0.png" { png(0) } else { png(1) };
    images.sort_by(|one, other| one.id.cmp(&other.id));
    let computer = computer.without_database_and_journal().await;
    rot(&computer.files_of(&images[liar])[1], |record| {
        let said = String::from_utf8(record.clone()).unwrap();
        *record = said.replace(&images[liar].sha256, &images[1 - liar].sha256).into_bytes();
    });
    let report = computer.rebuild(None).await.unwrap();
    assert_eq!((report.from_objects, report.left_alone), (2, 0), "{report:?}");
    let library = computer.library().await;
    for image in &images {
        assert_eq!((&library[&image.id].sha256, library[&image.id].receipt.fault), (&image.sha256, None));
        assert_eq!(computer.bytes(&image.id).await, bytes(image));
    }
    let again = computer.rebuild(None).await.unwrap();
    assert_eq!((again.from_objects, again.already), (0, 2), "{again:?}");
    assert_eq!(computer.library().await, library);
}

#[tokio::test]
async fn a_bad_record_costs_nothing_but_what_it_says() {
    let computer = Computer::new().await;
    let images = [
        computer.upload("0.png", png(0)).await,
        computer.upload("1.png", png(1)).await,
        computer.upload("2.png", png(2)).await,
    ];
    let record = |n: usize| computer.files_of(&images[n])[1].clone();
    std::fs::write(record(0), b"{\"content_type\":").unwrap();
    std::fs::write(record(1), b"").unwrap();
    std::fs::remove_file(record(2)).unwrap();
    // With its database: read back, found whole, and mended.
    for image in &images {
        let told = computer.outcome(image).await;
        assert_eq!(told, VerifyOutcome::Confirmed { checked_by: CheckedBy::ReadBack });
        assert_eq!(computer.outcome(image).await, VerifyOutcome::Confirmed { checked_by: CheckedBy::SizeAndTag });
    }
    let mended: serde_json::Value = serde_json::from_slice(&std::fs::read(record(0)).unwrap()).unwrap();
    assert_eq!((&mended["metadata"]["name"], &mended["content_type"]), (&"0.png".into(), &"image/png".into()));
    assert_eq!(mended["etag"].as_str(), images[0].receipt.etag.as_deref());

    // Without: the picture comes back by its bytes.
    std::fs::write(record(1), b"\0\0\0").unwrap();
    let computer = computer.without_database_and_journal().await;
    let report = computer.rebuild(None).await.unwrap();
    assert_eq!((report.from_objects, report.by_bytes, report.not_proven), (3, 1, 3), "{report:?}");
    assert_eq!(computer.library().await[&images[1].id].sha256, images[1].sha256);
    let mended: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&computer.files_of(&images[1])[1]).unwrap()).unwrap();
    assert!(mended["metadata"]["name"].is_string(), "its record is mended");
    assert!(mended["metadata"].get("sha256").is_none(), "and claims no hash of a file: {mended}");
}

#[tokio::test]
async fn whoever_gives_up_a_file_has_the_own_store_read_its_bytes() {
    let computer = Computer::new().await;
    let [sound, rotten] = [computer.upload("0.png", png(0)).await, computer.upload("1.png", png(1)).await];
    rot(&computer.files_of(&rotten)[0], |bytes| flip(bytes));
    // Its tag was noted when the bytes came, and tells nothing of what a disk did to them since.
    let quick = computer.verify(&[&sound, &rotten], false, false).await;
    assert!(quick.iter().all(|one| one.outcome == VerifyOutcome::Confirmed { checked_by: CheckedBy::SizeAndTag }));
    let proof = computer.verify(&[&sound, &rotten], false, true).await;
    assert_eq!(proof[0].outcome, VerifyOutcome::Confirmed { checked_by: CheckedBy::ReadBack });
    assert!(matches!(proof[1].outcome, VerifyOutcome::Changed { .. }), "{:?}", proof[1]);
}

#[tokio::test]
async fn sending_the_file_again_proves_a_picture_that_was_not() {
    let computer = Computer::new().await;
    let image = computer.upload("0.png", png(0)).await;
    let computer = computer.without_database_and_journal().await;
    rot(&computer.files_of(&image)[0], |bytes| flip(bytes));
    computer.rebuild(None).await.unwrap();
    let request = GrantRequest { files: vec![announcement("0.png", &png(0))] };
    let granted: GrantResponse =
        computer.send(Method::POST, route::UPLOADS, Some(&request)).await.json().await.unwrap();
    let GrantOutcome::Granted { grant: Grant { upload_id, transfer: Transfer::Single { put } } } =
        &granted.results[0].outcome
    else {
        panic!("the only good copy is refused: {granted:?}")
    };
    let mut sent = computer.http.put(&put.url).body(png(0));
    for (name, value) in &put.headers {
        sent = sent.header(name, value);
    }
    sent.send().await.unwrap().error_for_status().unwrap();
    let item = CompleteItem { upload_id: upload_id.clone(), parts: Vec::new() };
    let request = CompleteRequest { uploads: vec![item] };
    let done: CompleteResponse =
        computer.send(Method::POST, route::COMPLETE, Some(&request)).await.json().await.unwrap();
    let CompleteOutcome::Verified { image: mended, .. } = &done.results[0].outcome else { panic!("{done:?}") };
    assert_eq!((&mended.id, mended.receipt.verified_by), (&image.id, VerifiedBy::ContentMd5));
    assert_eq!(computer.library().await.len(), 1);
    assert_eq!(hex::encode(Sha256::digest(computer.bytes(&image.id).await)), image.sha256);
}
