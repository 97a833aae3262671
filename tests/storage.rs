//! The database makes trouble: the program says what and what to do, goes on when it passes, and loses nothing.

use jogan::clock::Clock as _;
use sqlx::{Connection as _, SqliteConnection};
use tokio::process::Command;

use crate::support::clock::StoryClock;
use crate::support::post::Post;
use crate::support::program::Program;
use crate::support::town::Town;

async fn town() -> Town {
    Town::build(StoryClock::of_the_system()).await
}

async fn direct(town: &Town) -> SqliteConnection {
    SqliteConnection::connect(&town.database_url()).await.expect("its database")
}

fn publish(town: &Town, headline: &str) {
    town.publish(&Post::of(town.clock.now()).only(1).article(headline, "값이 올랐습니다."));
}

/// Runs `jogan run` on a database once, so that its tables are there, and ends it.
async fn once(town: &Town) {
    let program = Program::run(town);
    program.ready(town).await;
    town.subscribe_now().await;
    let (status, log) = program.terminate().await;
    assert_eq!(status.code(), Some(0), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_another_program_locks_for_long_delays_the_delivery_and_no_more() {
    let town = town().await;
    let program = Program::run(&town);
    program.ready(&town).await;
    town.subscribe_now().await;
    let mut other = direct(&town).await;
    let lock = other.begin_with("BEGIN IMMEDIATE").await.expect("the lock");
    publish(&town, "잠긴 동안의 소식");
    town.wait_for("its complaint", async || {
        program.log().contains("another program has been writing to it for too long").then_some(())
    })
    .await;
    assert!(town.sent_on_discord(town.channel).is_empty());
    lock.rollback().await.expect("given up");
    town.arrived("잠긴 동안의 소식").await;
    let (status, log) = program.terminate().await;
    assert_eq!(status.code(), Some(0), "{log}");
    assert_eq!(town.on_discord(town.channel, "잠긴 동안의 소식").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_cannot_grow_loses_nothing_and_goes_on_when_it_can() {
    let town = town().await;
    once(&town).await;
    // Nothing may be written to any file, as on a full disk: with the signal ignored, the write itself fails.
    let mut command = Command::new("sh");
    let program = Program::command(&town);
    let program = program.as_std();
    command
        .arg("-c")
        .arg("trap '' XFSZ; exec \"$@\"")
        .arg("sh")
        .arg(program.get_program())
        .args(program.get_args());
    command.current_dir(town.disk.path()).env_clear();
    command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let program = Program::start(command);
    program.ready(&town).await;
    limit(&program, "0").await;
    publish(&town, "자리가 없던 때의 소식");
    town.wait_for("its complaint", async || program.log().contains("may not grow").then_some(())).await;
    assert!(town.sent_on_discord(town.channel).is_empty());
    limit(&program, "unlimited").await;
    town.arrived("자리가 없던 때의 소식").await;
    let (status, log) = program.terminate().await;
    assert_eq!(status.code(), Some(0), "{log}");
    assert_eq!(town.on_discord(town.channel, "자리가 없던 때의 소식").len(), 1);
}

/// Sets the largest size of a file that a process may write.
async fn limit(program: &Program, bytes: &str) {
    let (limit, process) = (format!("--fsize={bytes}:unlimited"), program.id());
    let set = Command::new("prlimit").args([&limit, "--pid", &process]).status().await.expect("prlimit");
    assert!(set.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_may_only_be_read_ends_the_start_with_the_cure() {
    let town = town().await;
    once(&town).await;
    let mut command = Program::command(&town);
    command.env("JOGAN_DATABASE__URL", format!("{}?mode=ro", town.database_url()));
    let (status, log) = Program::start(command).ended().await;
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains("give this user the right to write"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_a_newer_version_is_refused_by_its_name() {
    let town = town().await;
    once(&town).await;
    let mut database = direct(&town).await;
    sqlx::raw_sql(
        "UPDATE program SET version = '9.1.0';
         INSERT INTO _sqlx_migrations SELECT 9001, 'later', installed_on, TRUE, x'00', 0 FROM _sqlx_migrations LIMIT 1",
    )
    .execute(&mut database)
    .await
    .expect("written");
    database.close().await.expect("closed");
    let (status, log) = Program::run(&town).ended().await;
    assert_eq!(status.code(), Some(2), "{log}");
    assert!(log.contains("jogan 9.1.0") && log.contains("9001"), "{log}");
}
