//! Updates that the store will never take, and what comes behind them.

use incident_core::ports::StoreError;

use super::*;

fn refuse(book: &Book, asked: &str, temporary: bool) {
    book.once(asked, move |_| {
        let source = "the row cannot be read".into();
        let error = StoreError { operation: "load an incident", temporary, source };
        async { Err(HandleError::Store(error)) }.boxed()
    });
}

#[tokio::test]
async fn an_update_that_fails_for_good_hides_nothing_that_comes_after_it() {
    let Scene { api, telegram, ann, group } = scene();
    let other = self::group(&api, ann);
    let book = Book::new();
    for _ in 0..200 {
        refuse(&book, "stuck", false);
    }
    let running = Running::polling(book.listener(&telegram));
    api.write(group, ann, "/status stuck");
    for n in 0..250 {
        api.write(other, ann, &format!("/status {n}"));
    }
    book.wait_ended("249", 1).await;
    api.wait_confirmed().await;
    assert_eq!(book.begun().iter().filter(|asked| *asked == "stuck").count(), 5);
    running.stop().await;
}

#[tokio::test]
async fn an_update_that_fails_for_now_is_tried_until_it_is_done() {
    let Scene { api, telegram, ann, group } = scene();
    let book = Book::new();
    for _ in 0..6 {
        refuse(&book, "busy", true);
    }
    let running = Running::polling(book.listener(&telegram));
    api.write(group, ann, "/status busy");
    book.wait_ended("busy", 1).await;
    assert_eq!(book.begun(), ["busy"; 7]);
    api.wait_confirmed().await;
    running.stop().await;
}
