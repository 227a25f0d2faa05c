//! That it is still at work: on a terminal, for whatever takes longer than a second.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Waits for `work`, and shows after a second that it goes on.
pub async fn watch<T>(what: &str, work: impl Future<Output = T>) -> T {
    watch_after(Duration::from_secs(1), what, work).await
}

async fn watch_after<T>(patience: Duration, what: &str, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    tokio::select! {
        done = &mut work => return done,
        () = tokio::time::sleep(patience) => {}
    }
    // Hidden by itself where standard error is no terminal.
    let bar = ProgressBar::new_spinner().with_message(what.to_owned());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    let done = work.await;
    bar.finish_and_clear();
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn long_work_is_waited_for() {
        let slow = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            7
        };
        assert_eq!(watch_after(Duration::from_millis(1), "working", slow).await, 7);
        assert_eq!(watch("working", async { 8 }).await, 8);
    }
}
