//! The queue of descriptions.

use super::Engine;
use crate::view::{
    DescribeProgress, DescriptionEstimate, DescriptionFailure, DescriptionJob, DescriptionUse, DescriptionsCancelled,
    PictureDetail,
};
use crate::{Result, describing};

impl Engine {
    /// Wants descriptions of pictures, which are worked on in the background; progress comes as events. The wishes are kept
    /// until they are answered or cancelled.
    pub async fn describe(&self, ids: Vec<u32>, prompt: Option<String>) -> Result<()> {
        let prompt = describing::checked_prompt(prompt)?;
        describing::enqueue(&self.library().await?, ids, prompt).await
    }

    /// Describes one picture and waits for it.
    pub async fn describe_one(&self, id: u32, prompt: Option<String>) -> Result<PictureDetail> {
        let prompt = describing::checked_prompt(prompt)?;
        describing::describe_one(&self.library().await?, id, prompt).await
    }

    /// Describes pictures and waits for them; tells of each as it is done. What would cost more than `max_cost` US dollars in
    /// all is left in the queue.
    pub async fn describe_all(
        &self,
        ids: Vec<u32>,
        prompt: Option<String>,
        max_cost: Option<f64>,
        each: impl FnMut(u32, Result<()>) + Send,
    ) -> Result<()> {
        let prompt = describing::checked_prompt(prompt)?;
        let budget = max_cost.map(describing::Budget::of_dollars);
        describing::describe_all(&self.library().await?, ids, prompt, budget, each).await
    }

    /// What describing pictures will probably take, and what this month took. Nothing is sent.
    pub async fn estimate_descriptions(&self, ids: Vec<u32>, prompt: Option<String>) -> Result<DescriptionEstimate> {
        let prompt = describing::checked_prompt(prompt)?;
        describing::estimate(&*self.library().await?, ids, prompt).await
    }

    /// What descriptions took, by month and model, the latest first.
    pub async fn description_usage(&self) -> Result<Vec<DescriptionUse>> {
        describing::usage(&*self.library().await?).await
    }

    /// Waits for the descriptions that are in the queue for pictures, such as those asked for at upload, and works on what nobody
    /// is at; tells of each. Pictures of which none was asked for are left out.
    pub async fn describe_wanted(&self, ids: Vec<u32>, each: impl FnMut(u32, Result<()>) + Send) -> Result<()> {
        describing::describe_wanted(&self.library().await?, ids, each).await
    }

    /// Works on the descriptions that wait, when no window does; tells of each as it is done. For the command line.
    pub async fn finish_descriptions(&self, each: impl FnMut(u32, Result<()>) + Send) -> Result<()> {
        describing::finish(&self.library().await?, each).await
    }

    /// The queue of descriptions: what waits, then what failed, then what was cancelled.
    pub async fn descriptions(&self) -> Result<Vec<DescriptionJob>> {
        describing::list(&*self.library().await?).await
    }

    /// Pauses descriptions, or lets them go on, also when something had stopped them; survives a restart.
    pub async fn pause_descriptions(&self, paused: bool) -> Result<()> {
        describing::set_paused(&*self.library().await?, paused).await
    }

    /// Cancels the descriptions that wait: all, or those of some pictures. What is done stays.
    pub async fn cancel_descriptions(&self, ids: Option<Vec<u32>>) -> Result<DescriptionsCancelled> {
        describing::cancel(&*self.library().await?, ids).await
    }

    /// Takes one cancelling of descriptions back; gives how many wait again.
    pub async fn uncancel_descriptions(&self, number: i64) -> Result<u32> {
        describing::uncancel(&*self.library().await?, number).await
    }

    /// Tries descriptions again: what failed and what was not tried; or what was cancelled; or either for some pictures. Gives
    /// how many that had ended wait again.
    pub async fn retry_descriptions(&self, cancelled: bool, ids: Option<Vec<u32>>) -> Result<u32> {
        describing::retry(&*self.library().await?, cancelled, ids).await
    }

    /// What failed, by its reason, the largest group first.
    pub async fn description_failures(&self) -> Result<Vec<DescriptionFailure>> {
        describing::failures(&*self.library().await?).await
    }

    /// Tries the descriptions again that failed for one reason; gives how many wait again.
    pub async fn retry_description_group(&self, code: String, reason: Option<String>) -> Result<u32> {
        describing::retry_group(&*self.library().await?, code, reason).await
    }

    /// Takes finished descriptions off the list.
    pub async fn clear_descriptions(&self) -> Result<()> {
        describing::clear_finished(&*self.library().await?).await
    }

    /// How far the descriptions are, with what failed.
    pub async fn describe_progress(&self) -> Result<DescribeProgress> {
        match self.host.current() {
            Some(open) => describing::progress(&open.library, true).await,
            None => Ok(DescribeProgress::default()),
        }
    }
}
