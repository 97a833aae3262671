//! Which calls without an answer were surely not made, and which nobody knows about.

use rstest::rstest;

use super::*;
use crate::platform::fake::{Fake, Reply, nobody};

const SHORT: Timeouts = Timeouts { connect: Duration::from_millis(200), whole: Duration::from_millis(300) };

async fn call(url: &Url, timeouts: Timeouts) -> Result<Answer, CallError> {
    let http = Http::new(url, timeouts, HeaderMap::new(), vec![SecretString::from("s3cret")]).unwrap();
    http.call(http.client().post(format!("{}/s3cret", base(url).unwrap())).body("{}"), None).await
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let error = call(&nobody().await, Timeouts::default()).await.unwrap_err();
    assert!(matches!(error, CallError::Transient(_)), "{error}");
}

#[tokio::test]
async fn a_connection_that_is_not_set_up_in_time_sent_nothing() {
    // It takes the connection, but never answers the TLS handshake.
    let fake = Fake::answering([Reply::Hang]).await;
    let mut url = fake.url.clone();
    url.set_scheme("https").unwrap();
    let error = call(&url, SHORT).await.unwrap_err();
    assert!(matches!(error, CallError::Transient(_)), "{error}");
}

#[tokio::test]
async fn an_unknown_name_is_a_passing_failure() {
    let error = call(&"http://jogan.invalid".parse().unwrap(), Timeouts::default()).await.unwrap_err();
    assert!(matches!(error, CallError::Transient(_)), "{error}");
}

#[rstest]
#[case::time_is_over(Reply::Hang)]
#[case::hung_up(Reply::HangUp)]
#[case::reset(Reply::Reset)]
#[case::half_a_success(Reply::Half(200))]
#[tokio::test]
async fn after_sending_nobody_knows(#[case] reply: Reply) {
    let mut fake = Fake::answering([reply]).await;
    let error = call(&fake.url, SHORT).await.unwrap_err();
    assert!(matches!(error, CallError::Unanswered(_)), "{error}");
    assert_eq!(fake.asked().len(), 1, "a call is never repeated by itself");
}

#[tokio::test]
async fn half_a_refusal_is_a_refusal() {
    let fake = Fake::answering([Reply::Half(503)]).await;
    let answer = call(&fake.url, SHORT).await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.body.len()), (503, 0));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = vec![("location", "http://127.0.0.1:1/".to_owned())];
    let mut fake = Fake::answering([Reply::Raw(302, elsewhere, String::new())]).await;
    assert_eq!(call(&fake.url, SHORT).await.unwrap().status.as_u16(), 302);
    assert_eq!(fake.asked().len(), 1);
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let fake = Fake::answering([Reply::Raw(200, Vec::new(), "x".repeat(MAX_ANSWER_BYTES + 1))]).await;
    let error = call(&fake.url, Timeouts::default()).await.unwrap_err();
    assert!(matches!(error, CallError::Unanswered(_)), "{error}");
}

#[tokio::test]
async fn a_secret_that_comes_back_is_hidden() {
    let fake = Fake::answering([Reply::Echo(404)]).await;
    assert_eq!(call(&fake.url, SHORT).await.unwrap().body, b"<html>cannot POST /prefix/[hidden]</html>");
}

#[rstest]
#[case("https://discord.com", Some("https://discord.com"))]
#[case("http://127.0.0.1:8080/a/b/", Some("http://127.0.0.1:8080/a/b"))]
#[case("ftp://discord.com", None)]
#[case("https://discord.com/?a=b", None)]
#[case("mailto:me@example.com", None)]
fn an_address_is_one_of_a_server(#[case] url: &str, #[case] expected: Option<&str>) {
    assert_eq!(base(&url.parse().unwrap()).ok().as_deref(), expected);
}
