//! The page that shows both platforms in a browser.
