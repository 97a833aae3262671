//! Links against servers on this machine: one that may be contacted, and one that counts whoever comes in spite of it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rstest::rstest;
use tokio::net::TcpListener;

use super::*;

/// Where the server is that may be contacted.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Something that nobody may call, and how many have.
struct Forbidden {
    port: u16,
    calls: Arc<AtomicUsize>,
}

impl Forbidden {
    /// Listens on every address of this machine, IPv6's too where it has them.
    async fn listen() -> Self {
        let calls = Arc::new(AtomicUsize::new(0));
        let mut listeners = vec![TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await.unwrap()];
        let port = listeners[0].local_addr().unwrap().port();
        // On most systems this one listens for both; where it cannot, the first is enough.
        listeners.extend(TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok());
        for listener in listeners {
            let calls = Arc::clone(&calls);
            tokio::spawn(async move {
                while listener.accept().await.is_ok() {
                    calls.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        Self { port, calls }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

/// A server whose paths say what it answers: `/to/<n>` redirects to `/to/<n-1>`, `/out?<address>` to that address.
async fn server() -> (u16, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let router = Router::new().fallback(answer).with_state(Arc::clone(&calls));
    let listener = TcpListener::bind((HERE, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (port, calls)
}

async fn answer(State(calls): State<Arc<AtomicUsize>>, request: Request) -> Response {
    calls.fetch_add(1, Ordering::SeqCst);
    let to = |place: String| (StatusCode::FOUND, [(header::LOCATION, place)]).into_response();
    let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
    match path.trim_start_matches('/').split('/').collect::<Vec<_>>().as_slice() {
        ["out"] => to(query.to_owned()),
        ["to", "0"] => StatusCode::OK.into_response(),
        ["to", left] => to(format!("/to/{}", left.parse::<u32>().unwrap_or(1) - 1)),
        ["get-only"] if request.method() == Method::HEAD => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        ["get-only"] => to("/to/0".to_owned()),
        ["no-programs"] => StatusCode::FORBIDDEN.into_response(),
        ["broken"] => (StatusCode::FOUND, [(header::LOCATION, "http://")]).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn links(names: Names) -> Links {
    Links::within(Reach::public_and(HERE), names, Pace::new(Duration::ZERO)).unwrap()
}

#[rstest]
#[case::no_redirect("/to/0", Some("/to/0"))]
#[case::one("/to/1", Some("/to/0"))]
#[case::as_many_as_are_followed("/to/5", Some("/to/0"))]
#[case::more("/to/6", None)]
#[case::head_is_refused("/get-only", Some("/to/0"))]
#[case::programs_are_refused("/out?/no-programs", Some("/no-programs"))]
#[case::gone("/out?/nothing", None)]
#[case::to_no_address("/broken", Some("/broken"))]
#[case::to_another_scheme("/out?ftp://e.x/a", None)]
#[case::to_a_script("/out?javascript:alert(1)", None)]
#[case::to_a_file("/out?file:///etc/passwd", None)]
#[tokio::test]
async fn a_link_is_followed_to_where_it_leads(#[case] from: &str, #[case] to: Option<&str>) {
    let (port, _) = server().await;
    let at = |path: &str| format!("http://127.0.0.1:{port}{path}");
    let found = links(Names::of_the_system()).follow(&at(from)).await;
    assert_eq!(found.as_ref().ok().cloned(), to.map(at), "{found:?}");
}

#[tokio::test]
async fn a_link_that_leads_nowhere_else_stays_as_it_is_written() {
    let (port, calls) = server().await;
    let link = format!("HTTP://127.1:{port}/to/0");
    assert_eq!(links(Names::of_the_system()).follow(&link).await.unwrap(), link);
    assert_eq!(calls.load(Ordering::SeqCst), 1, "one HEAD is enough");
}

/// Ways to write an address that is not of the public internet; `PORT` is where somebody listens.
const WRITTEN: [&str; 44] = [
    "http://127.0.0.1:PORT/",
    "http://127.0.0.1.:PORT/",
    "http://127.1:PORT/",
    "http://127.0.1:PORT/",
    "http://127.255.255.254:PORT/",
    "http://2130706433:PORT/",
    "http://0x7f000001:PORT/",
    "http://0x7f.1:PORT/",
    "http://0x7F.0x0.0x0.0x1:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://017700000001:PORT/",
    "http://0177.0.0x0.1:PORT/",
    "http://%31%32%37.0.0.1:PORT/",
    "http://１２７.０.０.１:PORT/",
    "http://①②⑦.⓪.⓪.①:PORT/",
    "http://127。0。0。1:PORT/",
    "http:\\\\127.0.0.1:PORT/",
    "http:127.0.0.1:PORT/",
    "http:/127.0.0.1:PORT/",
    "http://public.example@127.0.0.1:PORT/",
    "http://public.example:x@127.0.0.1:PORT/",
    "http://127.0.0.1:PORT\\@public.example/",
    "http://127.0.0.1:PORT#@public.example/",
    "http://127.0.0.1:PORT?@public.example/",
    "http://0:PORT/",
    "http://0.0.0.0:PORT/",
    "http://[::]:PORT/",
    "http://[::1]:PORT/",
    "http://[0:0:0:0:0:0:0:1]:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::ffff:7f00:1]:PORT/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/",
    "http://[::127.0.0.1]:PORT/",
    "http://[64:ff9b::127.0.0.1]:PORT/",
    "http://[2002:7f00:1::]:PORT/",
    "http://[fe80::1]:PORT/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://169.254.169.254/latest/meta-data/",
    "http://0xa9fea9fe/latest/meta-data/",
    "http://100.100.100.200/latest/meta-data/",
    "http://localhost:PORT/",
    "http://LOCALHOST.:PORT/",
    "https://127.0.0.1:PORT/",
    "ftp://127.0.0.1:PORT/",
];

#[tokio::test]
async fn no_private_address_is_contacted_however_it_is_written() {
    let forbidden = Forbidden::listen().await;
    let links = Links::within(Reach::public(), Names::of_the_system(), Pace::new(Duration::ZERO)).unwrap();
    for written in WRITTEN {
        let link = written.replace("PORT", &forbidden.port.to_string());
        let found = links.follow(&link).await;
        assert!(found.is_err(), "{link} leads to {found:?}");
        assert_eq!(forbidden.calls(), 0, "{link} was contacted");
    }
    // Somebody does listen there.
    tokio::net::TcpStream::connect(SocketAddr::new(HERE, forbidden.port)).await.unwrap();
    while forbidden.calls() == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn no_private_address_is_contacted_by_a_redirect() {
    let forbidden = Forbidden::listen().await;
    let (port, _) = server().await;
    // 127.0.0.1 itself may be contacted here: its neighbour stands for it.
    let elsewhere = |written: &str| {
        written
            .replace("PORT", &forbidden.port.to_string())
            .replace("127.0.0.1", "127.0.0.2")
            .replace("127.1", "127.2")
            .replace("127.0.1", "127.0.2")
            .replace("2130706433", "2130706434")
            .replace("0x7f000001", "0x7f000002")
            .replace("0x7f.1", "0x7f.2")
            .replace("0x0.0x1", "0x0.0x2")
            .replace("0177.0.0.1", "0177.0.0.2")
            .replace("%37.0.0.1", "%37.0.0.2")
            .replace("017700000001", "017700000002")
            .replace("0x0.1", "0x0.2")
            .replace("7f00:1", "7f00:2")
    };
    // What a header can carry, and no redirect takes for a path.
    let fits = |written: &&str| written.is_ascii() && written.contains("://") && !written.contains('#');
    let neighbours: [IpAddr; 2] = ["127.0.0.2".parse().unwrap(), "::1".parse().unwrap()];
    let client = links(Names::Told(Arc::new(move |_| neighbours.to_vec())));
    let mut redirects = 0;
    for written in WRITTEN.into_iter().filter(fits) {
        let (link, at) = (format!("http://127.0.0.1:{port}/out?{}", elsewhere(written)), elsewhere(written));
        let found = client.follow(&link).await;
        assert!(found.is_err(), "{at} leads to {found:?}");
        assert_eq!(forbidden.calls(), 0, "{at} was contacted");
        redirects += 1;
    }
    assert!(redirects >= 30, "{redirects} redirects");
}

#[rstest]
#[case::loopback("127.0.0.2")]
#[case::loopback_v6("::1")]
#[case::mapped("::ffff:127.0.0.2")]
#[case::unspecified("0.0.0.0")]
#[case::private("10.0.0.1")]
#[case::metadata("169.254.169.254")]
#[tokio::test]
async fn no_private_address_is_contacted_by_a_name(#[case] address: &str) {
    let forbidden = Forbidden::listen().await;
    let address: IpAddr = address.parse().unwrap();
    let client = links(Names::Told(Arc::new(move |_| vec![address])));
    let found = client.follow(&format!("http://public.example:{}/", forbidden.port)).await;
    assert!(matches!(found, Err(Astray::Unreachable(_))), "{found:?}");
    assert_eq!(forbidden.calls(), 0);
}

#[tokio::test]
async fn a_name_that_changes_its_mind_is_not_followed() {
    let forbidden = Forbidden::listen().await;
    let (port, calls) = server().await;
    let asked = AtomicUsize::new(0);
    let answers = move |name: &str| match (name, asked.fetch_add(1, Ordering::SeqCst)) {
        // Here at first, next door from then on.
        ("fickle.example", 0) => vec![HERE],
        _ => vec!["127.0.0.2".parse().unwrap(), "::1".parse().unwrap()],
    };
    let client = links(Names::Told(Arc::new(answers)));
    let next = format!("http://fickle.example:{}/", forbidden.port);
    let found = client.follow(&format!("http://fickle.example:{port}/out?{next}")).await;
    assert!(matches!(found, Err(Astray::Unreachable(_))), "{found:?}");
    assert_eq!((calls.load(Ordering::SeqCst), forbidden.calls()), (1, 0));
}

#[tokio::test]
async fn of_a_names_addresses_only_the_public_ones_are_contacted() {
    let (port, calls) = server().await;
    let both = |_: &str| vec!["127.0.0.2".parse().unwrap(), HERE, "10.0.0.1".parse().unwrap()];
    let client = links(Names::Told(Arc::new(both)));
    let link = format!("http://public.example:{port}/to/1");
    assert_eq!(client.follow(&link).await.unwrap(), format!("http://public.example:{port}/to/0"));
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}
