//! What is an address in plain text: a link's, with or without a scheme, and a mailbox's. [`super::found`] looks for
//! them. The top-level domains that need no scheme are a shorter list than the platform's.

/// How many characters of `link` are a link at all, or none: its host must be one, and closing brackets that were
/// not opened end it (T `fix_url`).
pub(crate) fn url_length(link: &str) -> Option<usize> {
    let lower = link.to_ascii_lowercase();
    let scheme = ["http://", "https://", "ftp://"].into_iter().find(|scheme| lower.starts_with(scheme));
    let rest = &link[scheme.map_or(0, str::len)..];
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority.split_once('@').map_or(authority, |(_, host)| host);
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    if host.eq_ignore_ascii_case("teiegram.org") || !is_real_host(host, scheme.is_some()) {
        return None;
    }
    let mut open = [0_i32; 3];
    let balanced = path.find(|c| {
        if let Some(kind) = "([{".find(c) {
            open[kind] += 1;
        }
        if let Some(kind) = ")]}".find(c) {
            open[kind] -= 1;
        }
        open.iter().any(|count| *count < 0)
    });
    let path_kept = path[..balanced.unwrap_or(path.len())]
        .trim_end_matches(['.', ':', ';', ',', '(', '\'', '?', '!', '`']);
    Some(link.chars().count() - path.chars().count() + path_kept.chars().count())
}

fn is_real_host(host: &str, has_scheme: bool) -> bool {
    let parts: Vec<&str> = host.split('.').collect();
    if parts.len() < 2 || parts.iter().any(|part| part.is_empty() || part.len() >= 64 || part.ends_with('-'))
    {
        return false;
    }
    if parts.len() == 4 && host.parse::<std::net::Ipv4Addr>().is_ok() {
        return true;
    }
    let top = parts[parts.len() - 1];
    let fits = match top.strip_prefix("xn--") {
        Some(rest) => rest.len() > 1 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        None => !top.contains(['_', '-']) && (has_scheme || is_common_top(top)),
    };
    let all_digits = host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    !all_digits && top.chars().count() > 1 && fits && !parts[parts.len() - 2].contains('_')
}

/// `CO.KR` and `co.kr`, not `Node.Js`.
fn is_common_top(top: &str) -> bool {
    let lower = top.to_lowercase();
    let capitalised = lower != top && lower.chars().next() == top.chars().next();
    !capitalised && TOP_LEVEL.split_ascii_whitespace().any(|known| known == lower)
}

/// `a.b+c@d.com` (T `is_email_address`).
pub(crate) fn is_mail(text: &str) -> bool {
    let Some((user, host)) = text.split_once('@') else {
        return false;
    };
    let in_name = |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let users: Vec<&str> = user.split(['.', '+']).collect();
    let Some((last, first)) = users.split_last() else {
        return false;
    };
    let hosts: Vec<&str> = host.split('.').collect();
    let Some((top, labels)) = hosts.split_last() else {
        return false;
    };
    let is_edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    users.len() < 12
        && users.iter().all(|part| in_name(part))
        && first.iter().all(|part| part.len() < 27)
        && (1..36).contains(&last.len())
        && (1..=6).contains(&labels.len())
        && (2..=8).contains(&top.len())
        && top.bytes().all(|byte| byte.is_ascii_alphabetic())
        && labels.iter().all(|label| {
            label.len() < 31
                && in_name(label)
                && is_edge(label.chars().next())
                && is_edge(label.chars().next_back())
        })
}

/// Domains that are links also without a scheme: the countries' and the common others.
const TOP_LEVEL: &str = "\
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc \
    cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga \
    gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo \
    jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr \
    ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re \
    ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tg th tj tk tl tm tn to tr \
    tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw \
    com net org edu gov int mil info biz name pro app dev tech blog news shop site online store cloud page wiki \
    xyz live media today world global company network software systems tools club email link chat bot art bank ton \
    google samsung youtube amazon apple microsoft 한국 삼성 닷컴 닷넷";
