//! Who reads why the store can’t be used. Which proxy stands before it, or what its network says, is the operator’s business; on
//! somebody’s own computer that is the person who asks.

tokio::task_local! {
    static TOLD: ();
}

/// Answers a request of somebody who is told.
pub async fn telling<T>(answer: impl Future<Output = T>) -> T {
    TOLD.scope((), answer).await
}

/// Whether the request that is being answered is of somebody who is told.
pub fn are_told() -> bool {
    TOLD.try_with(|()| ()).is_ok()
}
