//! The S3 operations that the service and its clients use, on a [`Folder`].

use std::io;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures::StreamExt;
use hyper::StatusCode;
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput, CompleteMultipartUploadOutput,
    CreateMultipartUploadInput, CreateMultipartUploadOutput, DeleteObjectInput, DeleteObjectOutput, ETag,
    GetObjectInput, GetObjectOutput, HeadBucketInput, HeadBucketOutput, HeadObjectInput, HeadObjectOutput,
    ListMultipartUploadsInput, ListMultipartUploadsOutput, ListObjectsV2Input, ListObjectsV2Output, ListPartsInput,
    ListPartsOutput, MultipartUpload, Part, PutObjectInput, PutObjectOutput, Range, StreamingBlob, Timestamp,
    UploadPartInput, UploadPartOutput,
};
use s3s::{S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result, s3_error};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use super::folder::{Arrived, Folder, StoredPart, UploadRecord, is_no_upload};
use super::record::ObjectRecord;
use super::server::BUCKET;
use crate::connections;

/// What parts but the last must have, as in S3.
const SMALLEST_PART: u64 = 5 * 1024 * 1024;

#[async_trait::async_trait]
impl S3 for Folder {
    async fn head_bucket(&self, req: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
        known(&req.input.bucket)?;
        Ok(S3Response::new(HeadBucketOutput::default()))
    }

    async fn put_object(&self, req: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let input = req.input;
        known(&input.bucket)?;
        self.object(&input.key).ok_or_else(|| s3_error!(InvalidArgument, "the key can’t be used"))?;
        let arrived = self.take_in(input.body, input.content_length, input.content_md5.as_deref()).await?;
        let etag = hex::encode(arrived.md5);
        let record = ObjectRecord {
            content_type: input.content_type,
            metadata: input.metadata.unwrap_or_default(),
            etag: etag.clone(),
        };
        self.store(&input.key, arrived, &record).await.map_err(fault)?;
        Ok(S3Response::new(PutObjectOutput { e_tag: Some(ETag::Strong(etag)), ..Default::default() }))
    }

    async fn head_object(&self, req: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        let input = req.input;
        known(&input.bucket)?;
        let path = self.object(&input.key).ok_or_else(|| s3_error!(NoSuchKey))?;
        let metadata = tokio::fs::metadata(path).await.map_err(no_such_key)?;
        if !metadata.is_file() {
            return Err(s3_error!(NoSuchKey));
        }
        let (length, modified) = (signed(metadata.len())?, metadata.modified().ok());
        let believed = self.believed(&input.key, metadata).await;
        Ok(S3Response::new(HeadObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: Some(length),
            content_type: believed.content_type,
            e_tag: believed.etag.map(ETag::Strong),
            last_modified: modified.map(Timestamp::from),
            metadata: Some(believed.metadata),
            ..Default::default()
        }))
    }

    async fn get_object(&self, req: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let input = req.input;
        known(&input.bucket)?;
        let path = self.object(&input.key).ok_or_else(|| s3_error!(NoSuchKey))?;
        let mut file = tokio::fs::File::open(path).await.map_err(no_such_key)?;
        let metadata = file.metadata().await.map_err(fault)?;
        if !metadata.is_file() {
            return Err(s3_error!(NoSuchKey));
        }
        let (whole, modified) = (metadata.len(), metadata.modified().ok());
        let believed = self.believed(&input.key, metadata).await;
        let (range, content_range) = part_of(input.range, whole)?;
        let length = range.end - range.start;
        file.seek(io::SeekFrom::Start(range.start)).await.map_err(fault)?;
        let body = ReaderStream::with_capacity(file.take(length), 256 * 1024);
        let mut response = S3Response::new(GetObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            body: Some(StreamingBlob::wrap(body)),
            content_length: Some(signed(length)?),
            content_range,
            content_type: input.response_content_type.or(believed.content_type),
            content_disposition: input.response_content_disposition,
            e_tag: believed.etag.map(ETag::Strong),
            last_modified: modified.map(Timestamp::from),
            metadata: Some(believed.metadata),
            ..Default::default()
        });
        // What is served is what its type says, whatever a browser thinks of the bytes.
        response.headers.insert("x-content-type-options", hyper::header::HeaderValue::from_static("nosniff"));
        Ok(response)
    }

    async fn delete_object(&self, req: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
        known(&req.input.bucket)?;
        self.remove(&req.input.key).await.map_err(fault)?;
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    async fn list_objects_v2(&self, req: S3Request<ListObjectsV2Input>) -> S3Result<S3Response<ListObjectsV2Output>> {
        known(&req.input.bucket)?;
        Ok(S3Response::new(self.list(req.input).await?))
    }

    async fn create_multipart_upload(
        &self,
        req: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let input = req.input;
        known(&input.bucket)?;
        self.object(&input.key).ok_or_else(|| s3_error!(InvalidArgument, "the key can’t be used"))?;
        let record = UploadRecord {
            key: input.key.clone(),
            content_type: input.content_type,
            metadata: input.metadata.unwrap_or_default(),
        };
        let id = self.begin(&record).await.map_err(fault)?;
        Ok(S3Response::new(CreateMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(id.to_string()),
            ..Default::default()
        }))
    }

    async fn upload_part(&self, req: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
        let input = req.input;
        known(&input.bucket)?;
        if !(1..=10_000).contains(&input.part_number) {
            return Err(s3_error!(InvalidArgument, "part numbers go from 1 to 10000"));
        }
        let (id, _) = self.find_upload(&input.upload_id, &input.key).await?;
        let arrived = self.take_in(input.body, input.content_length, input.content_md5.as_deref()).await?;
        let etag = hex::encode(arrived.md5);
        self.find_upload(&input.upload_id, &input.key).await?;
        self.store_part(id, input.part_number, arrived).await.map_err(fault)?;
        Ok(S3Response::new(UploadPartOutput { e_tag: Some(ETag::Strong(etag)), ..Default::default() }))
    }

    async fn list_multipart_uploads(
        &self,
        req: S3Request<ListMultipartUploadsInput>,
    ) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
        let input = req.input;
        known(&input.bucket)?;
        let prefix = input.prefix.unwrap_or_default();
        let begun = self.uploads().await.map_err(fault)?;
        let of_prefix = begun.into_iter().filter(|(_, upload)| upload.key.starts_with(&prefix));
        let uploads = of_prefix.map(|(id, upload)| MultipartUpload {
            key: Some(upload.key),
            upload_id: Some(id.to_string()),
            initiated: self.begun_at(id).map(Timestamp::from),
            ..Default::default()
        });
        Ok(S3Response::new(ListMultipartUploadsOutput {
            bucket: Some(input.bucket),
            is_truncated: Some(false),
            uploads: Some(uploads.collect()),
            ..Default::default()
        }))
    }

    async fn list_parts(&self, req: S3Request<ListPartsInput>) -> S3Result<S3Response<ListPartsOutput>> {
        let input = req.input;
        known(&input.bucket)?;
        let (id, _) = self.find_upload(&input.upload_id, &input.key).await?;
        let parts = self.parts(id).await.map_err(fault)?;
        let parts: S3Result<Vec<Part>> = parts
            .into_iter()
            .map(|part| {
                Ok(Part {
                    e_tag: Some(ETag::Strong(part.md5)),
                    part_number: Some(part.number),
                    size: Some(signed(part.size)?),
                    ..Default::default()
                })
            })
            .collect();
        Ok(S3Response::new(ListPartsOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(input.upload_id),
            is_truncated: Some(false),
            parts: Some(parts?),
            ..Default::default()
        }))
    }

    async fn complete_multipart_upload(
        &self,
        req: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let input = req.input;
        known(&input.bucket)?;
        let (id, upload) = self.find_upload(&input.upload_id, &input.key).await?;
        let stored = self.parts(id).await.map_err(fault)?;
        let named = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
        let named = named.into_iter().map(|part| (part.part_number, part.e_tag.map(ETag::into_value)));
        let parts = chosen(&stored, named)?;
        let etag = self.assemble(id, upload, parts).await.map_err(fault)?;
        Ok(S3Response::new(CompleteMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            e_tag: Some(ETag::Strong(etag)),
            ..Default::default()
        }))
    }

    async fn abort_multipart_upload(
        &self,
        req: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        known(&req.input.bucket)?;
        let (id, _) = self.find_upload(&req.input.upload_id, &req.input.key).await?;
        self.forget(id).await.map_err(fault)?;
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }
}

impl Folder {
    /// Writes a body beside its place, and refuses one that is not what the request says it is.
    async fn take_in(
        &self,
        body: Option<StreamingBlob>,
        length: Option<i64>,
        content_md5: Option<&str>,
    ) -> S3Result<Arrived> {
        let expected =
            content_md5.map(|md5| BASE64_STANDARD.decode(md5).map_err(|_| s3_error!(InvalidDigest))).transpose()?;
        let body = body.ok_or_else(|| s3_error!(IncompleteBody))?;
        let body = body.map(|bytes| bytes.map_err(not_sent));
        let announced = length.and_then(|length| u64::try_from(length).ok()).unwrap_or_default();
        let arrived = self.receive(body, announced).await.map_err(not_received)?;
        if length.is_some_and(|length| u64::try_from(length).ok() != Some(arrived.size)) {
            return Err(s3_error!(IncompleteBody));
        }
        if expected.is_some_and(|md5| md5 != arrived.md5) {
            return Err(s3_error!(BadDigest, "the body is not what Content-MD5 says"));
        }
        Ok(arrived)
    }

    async fn find_upload(&self, id: &str, key: &str) -> S3Result<(Uuid, UploadRecord)> {
        let id = Uuid::try_parse(id).map_err(|_| s3_error!(NoSuchUpload))?;
        match self.upload(id).await {
            Ok(upload) if upload.key == key => Ok((id, upload)),
            Ok(_) => Err(s3_error!(NoSuchUpload)),
            Err(error) if is_no_upload(&error) => Err(s3_error!(NoSuchUpload)),
            Err(error) => Err(fault(error)),
        }
    }
}

/// The stored parts that a completion names, when they are the right ones.
fn chosen(
    stored: &[StoredPart],
    named: impl Iterator<Item = (Option<i32>, Option<String>)>,
) -> S3Result<Vec<StoredPart>> {
    let mut parts: Vec<StoredPart> = Vec::new();
    for (number, etag) in named {
        let number = number.ok_or_else(|| s3_error!(InvalidPart))?;
        if parts.last().is_some_and(|part| part.number >= number) {
            return Err(s3_error!(InvalidPartOrder));
        }
        let part = stored
            .iter()
            .find(|part| part.number == number && etag.as_ref().is_none_or(|etag| *etag == part.md5))
            .ok_or_else(|| s3_error!(InvalidPart))?;
        parts.push(part.clone());
    }
    let Some((_, all_but_last)) = parts.split_last() else { return Err(s3_error!(InvalidPart, "no parts")) };
    if all_but_last.iter().any(|part| part.size < SMALLEST_PART) {
        return Err(s3_error!(EntityTooSmall));
    }
    Ok(parts)
}

fn part_of(range: Option<Range>, whole: u64) -> S3Result<(std::ops::Range<u64>, Option<String>)> {
    let Some(range) = range else { return Ok((0..whole, None)) };
    let range = range.check(whole)?;
    let header = format!("bytes {}-{}/{whole}", range.start, range.end - 1);
    Ok((range, Some(header)))
}

fn known(bucket: &str) -> S3Result<()> {
    if bucket == BUCKET { Ok(()) } else { Err(s3_error!(NoSuchBucket)) }
}

fn signed(size: u64) -> S3Result<i64> {
    i64::try_from(size).map_err(S3Error::internal_error)
}

fn no_such_key(error: io::Error) -> S3Error {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => s3_error!(NoSuchKey),
        _ => fault(error),
    }
}

/// S3 has no code for a store without room.
pub const FULL: &str = "StorageFull";

/// A fault of the disk: full, read-only, gone. Of a full one clients are told to wait: it is no fault of the request's.
pub fn fault(error: io::Error) -> S3Error {
    tracing::error!(why = machine::why(&error), "the embedded store’s folder can’t be used");
    if machine::is_full(&error) {
        let message = "the disk is full; what was stored is safe, and there is a way on once there is room";
        let mut full = S3Error::with_message(S3ErrorCode::Custom(FULL.into()), message);
        full.set_status_code(StatusCode::SERVICE_UNAVAILABLE);
        full.set_source(Box::new(error));
        return full;
    }
    s3_error!(error, InternalError, "the store’s disk can’t be used")
}

/// A body that broke off, or came too slowly.
fn not_sent(error: s3s::StdError) -> io::Error {
    let kind = match connections::is_too_slow(&*error) {
        true => io::ErrorKind::TimedOut,
        false => io::ErrorKind::UnexpectedEof,
    };
    io::Error::new(kind, error)
}

/// What kept a body from being stored: the disk, or whoever sent it.
fn not_received(error: io::Error) -> S3Error {
    match error.kind() {
        io::ErrorKind::TimedOut => s3_error!(error, RequestTimeout, "the body came too slowly"),
        io::ErrorKind::UnexpectedEof => s3_error!(error, IncompleteBody),
        _ => fault(error),
    }
}
