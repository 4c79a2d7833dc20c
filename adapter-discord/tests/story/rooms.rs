//! Talk in the room of an incident.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::shift::Shift;

/// What is said in a room belongs to its incident, also where the desk dies before it was told; talk elsewhere is let go.
#[tokio::test]
async fn what_is_said_in_a_room_is_not_lost_with_the_desk() {
    let mut shift = Shift::in_rooms().await;
    shift.api.command(shift.channel, shift.dan, "new_issue", &[("text", "the door is stuck")]);
    let room = shift.room().await;
    shift.told_in_history("the door is stuck").await;
    shift.kept(0).await;
    shift.slow.store(3_600_000, Ordering::SeqCst);
    shift.api.write(shift.channel, shift.dan, "what a day");
    shift.api.write(room, shift.dan, "it is the left one");
    shift.kept(1).await;
    shift.crash().await;
    shift.slow.store(0, Ordering::SeqCst);
    shift.clock.advance(Duration::from_secs(61));
    shift.restart().await;
    shift.told_in_history("it is the left one").await;
    shift.kept(0).await;
    shift.end().await;
}
