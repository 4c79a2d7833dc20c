//! The listener that says how the desk is.
//!
//! It is separate from the webhook, because what an orchestrator and a metrics scraper may ask is not for the
//! internet to ask. *Live* means that the process answers; *ready* means that incidents move: the database
//! answers, updates come in, and reminders are on time.

mod vitals;

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};

pub use self::vitals::{Intake, Lag, Readiness, Sign, Vitals};
use crate::telemetry::Metrics;

/// Returns the routes `/health/live`, `/health/ready` and `/metrics`.
pub fn health_router(vitals: Vitals, metrics: Metrics) -> Router {
    Router::new()
        .route("/health/live", get(async || "ok"))
        .route("/health/ready", get(ready).with_state(vitals.clone()))
        .route("/metrics", get(scrape).with_state((vitals, metrics)))
}

async fn ready(State(vitals): State<Vitals>) -> impl IntoResponse {
    let readiness = vitals.readiness();
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(readiness))
}

async fn scrape(State((vitals, metrics)): State<(Vitals, Metrics)>) -> impl IntoResponse {
    // Judged when asked, as readiness is: a loop that hangs could not say so.
    let readiness = vitals.readiness();
    metrics::gauge!("desk_ready").set(f64::from(u8::from(readiness.ready)));
    metrics::gauge!("database_up").set(f64::from(u8::from(readiness.database.ok)));
    metrics::gauge!("intake_up").set(f64::from(u8::from(readiness.polling.ok)));
    metrics::gauge!("timer_lag_seconds").set(readiness.timer_lag_seconds.value.unwrap_or_default());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.render())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use incident_core::ids::Platform;
    use serde_json::{Value, json};
    use tokio::net::TcpListener;

    use super::*;

    async fn served(vitals: Vitals, metrics: Metrics) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        tokio::spawn(async move { axum::serve(listener, health_router(vitals, metrics)).await });
        format!("http://{address}")
    }

    async fn get(url: String) -> (u16, String, String) {
        let answer = reqwest::get(url).await.expect("the listener answers");
        let content_type = answer.headers().get("content-type").and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        (answer.status().as_u16(), content_type, answer.text().await.expect("the answer is text"))
    }

    fn still() -> Vitals {
        Vitals::new([(Platform::Telegram, Intake::Polling)], || Duration::from_secs(100))
    }

    #[tokio::test]
    async fn a_process_that_answers_is_live_even_when_it_is_not_ready() {
        let base = served(still(), Metrics::of(|| {})).await;
        let expected = (200, "text/plain; charset=utf-8".to_owned(), "ok".to_owned());
        assert_eq!(get(format!("{base}/health/live")).await, expected);
    }

    #[tokio::test]
    async fn readiness_follows_the_vitals() {
        let vitals = still();
        let base = served(vitals.clone(), Metrics::of(|| {})).await;
        let (status, _, body) = get(format!("{base}/health/ready")).await;
        let body: Value = serde_json::from_str(&body).expect("JSON");
        let not_yet = json!({
            "ready": false,
            "database": {"ok": false, "why": "not checked yet"},
            "polling": {"ok": false, "why": "no successful poll yet"},
            "timer_lag_seconds": {"ok": false, "why": "not measured yet", "value": null},
        });
        assert_eq!((status, body), (503, not_yet));

        vitals.database_answered(Ok(()));
        vitals.polled(Platform::Telegram);
        vitals.timer_lag(Duration::from_millis(250));
        let (status, content_type, body) = get(format!("{base}/health/ready")).await;
        let body: Value = serde_json::from_str(&body).expect("JSON");
        let now = json!({
            "ready": true,
            "database": {"ok": true, "why": "answered 0 s ago"},
            "polling": {"ok": true, "why": "last successful poll 0 s ago"},
            "timer_lag_seconds": {"ok": true, "why": "due work is 0 s late", "value": 0.25},
        });
        assert_eq!((status, content_type.as_str(), body), (200, "application/json", now));
    }

    #[tokio::test]
    async fn metrics_come_in_the_text_format_of_prometheus() {
        let base = served(
            still(),
            Metrics::of(|| metrics::counter!("updates_total", "kind" => "message").increment(3)),
        )
        .await;
        let body = "# TYPE updates_total counter\nupdates_total{kind=\"message\"} 3\n\n";
        assert_eq!(
            get(format!("{base}/metrics")).await,
            (200, "text/plain; version=0.0.4".to_owned(), body.to_owned())
        );
    }

    #[tokio::test]
    async fn nothing_else_is_served() {
        let base = served(still(), Metrics::of(|| {})).await;
        assert_eq!(get(format!("{base}/")).await.0, 404);
        assert_eq!(get(format!("{base}/health")).await.0, 404);
    }
}
