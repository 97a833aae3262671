//! `jogan password` makes the line that the desk's password is checked against.

use std::process::{Output, Stdio};

use jogan::config::{Config, Environment};
use jogan::model::password::PasswordHash;
use tokio::io::AsyncWriteExt as _;

use crate::support::program::jogan;

async fn piped(password: &str) -> Output {
    let mut command = jogan(&["password"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary");
    let mut input = child.stdin.take().expect("piped");
    input.write_all(password.as_bytes()).await.expect("it reads");
    drop(input);
    child.wait_with_output().await.expect("it ends")
}

#[tokio::test]
async fn the_line_is_of_the_password_and_different_each_time() {
    let (one, other) = (piped("열려라, 참깨야\n").await, piped("열려라, 참깨야\n").await);
    assert!(one.status.success(), "{}", String::from_utf8_lossy(&one.stderr));
    let line = String::from_utf8(one.stdout.clone()).expect("text");
    let hash: PasswordHash = line.parse().expect("a hash");
    assert!(hash.is_of("열려라, 참깨야") && !hash.is_of("열려라, 참깨"));
    assert_ne!(one.stdout, other.stdout);
}

#[tokio::test]
async fn a_short_password_is_refused() {
    let output = piped("1234567\n").await;
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty() && String::from_utf8_lossy(&output.stderr).contains("8 characters"));
}

#[test]
fn a_password_in_place_of_its_hash_is_refused_and_not_repeated() {
    let text = "[web]\npassword_hash = \"hunter2hunter2\"\n[[feeds]]\nname = \"a\"\ntitle = \"a\"\n\
                source = { kind = \"folder\", path = \"posts\" }";
    let told = Config::from_table(text.parse().expect("TOML"), &Environment::default())
        .expect_err("a fault")
        .to_string();
    assert!(told.contains("jogan password") && !told.contains("hunter2"), "{told}");
}
