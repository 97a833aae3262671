//! Charts as inline SVG: sizes are attributes and colours are classes, since the policy for pages allows no styles of
//! an element's own. What they show is beside them in numbers, so that they are hidden from screen readers.

use maud::{Markup, html};

/// How wide and how high a row of bars is, in units of its own.
const WIDTH: u32 = 240;
const HEIGHT: u32 = 40;

/// How a whole is divided: each part with its tone.
pub(super) fn share(parts: &[(&str, u32)]) -> Markup {
    let whole: u32 = parts.iter().map(|(_, count)| count).sum();
    let mut from = 0;
    html! {
        svg.share viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.ground x="0" y="0" width="1000" height="10" {}
            @for (tone, count) in parts.iter().filter(|(_, count)| *count > 0) {
                @let begins = from;
                @let width = share_of(*count, whole);
                @let () = from += width;
                rect class=(tone) x=(begins) y="0" width=(width) height="10" {}
            }
        }
    }
}

/// A part of a whole, in thousandths; a little is still to be seen.
fn share_of(count: u32, whole: u32) -> u32 {
    let share = u64::from(count) * 1000 / u64::from(whole.max(1));
    u32::try_from(share).unwrap_or(1000).max(5)
}

/// Numbers day by day as bars. `most`: what reaches the top, so that several can be compared.
pub(super) fn bars(by_day: &[u32], most: u32) -> Markup {
    let count = u32::try_from(by_day.len()).unwrap_or(u32::MAX).max(1);
    let step = f64::from(WIDTH) / f64::from(count);
    let gap = if count > 60 { 0.0 } else { step * 0.2 };
    let height = |value: u32| f64::from(HEIGHT - 2) * f64::from(value) / f64::from(most.max(1));
    html! {
        svg.bars viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } preserveAspectRatio="none" aria-hidden="true"
            focusable="false" {
            rect.ground x="0" y=(HEIGHT - 1) width=(WIDTH) height="1" {}
            @for (place, value) in by_day.iter().enumerate().filter(|(_, value)| **value > 0) {
                rect.bar x=(format!("{:.2}", place as f64 * step + gap / 2.0))
                    y=(format!("{:.2}", f64::from(HEIGHT - 1) - height(*value)))
                    width=(format!("{:.2}", step - gap)) height=(format!("{:.2}", height(*value))) {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_whole_follow_each_other() {
        let drawn = share(&[("good", 3), ("wait", 0), ("bad", 1)]).into_string();
        assert!(drawn.contains(r#"<rect class="good" x="0" y="0" width="750""#), "{drawn}");
        assert!(drawn.contains(r#"<rect class="bad" x="750" y="0" width="250""#), "{drawn}");
        assert!(!drawn.contains("wait"), "{drawn}");
        assert_eq!(share(&[]).into_string().matches("<rect").count(), 1, "nothing is an empty ground");
    }

    #[test]
    fn bars_are_as_high_as_their_numbers() {
        let drawn = bars(&[0, 2, 4], 4).into_string();
        assert!(drawn.contains(r#"height="19.00""#) && drawn.contains(r#"height="38.00""#), "{drawn}");
        assert_eq!(drawn.matches("class=\"bar\"").count(), 2, "none for nothing");
        assert!(!drawn.contains("style"), "{drawn}");
    }
}
