//! What was chosen on the command line, as the engine calls it.

use engine::view::{LinkFormat, Sort};

use super::args::{Format, Order, SearchOrder};

impl From<Order> for Sort {
    fn from(order: Order) -> Self {
        match order {
            Order::Newest => Sort::Newest,
            Order::Oldest => Sort::Oldest,
            Order::Added => Sort::Added,
            Order::Name => Sort::Name,
            Order::Size => Sort::Size,
            Order::Deleted => Sort::Deleted,
        }
    }
}

impl From<SearchOrder> for Sort {
    fn from(order: SearchOrder) -> Self {
        match order {
            SearchOrder::Newest => Sort::Newest,
            SearchOrder::Oldest => Sort::Oldest,
            SearchOrder::Added => Sort::Added,
            SearchOrder::Name => Sort::Name,
            SearchOrder::Size => Sort::Size,
            SearchOrder::Rating => Sort::Rating,
        }
    }
}

impl From<Format> for LinkFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Url => LinkFormat::Url,
            Format::Markdown => LinkFormat::Markdown,
            Format::Html => LinkFormat::Html,
            Format::Bbcode => LinkFormat::Bbcode,
        }
    }
}
