# English: every word that people see. Keys are the names of the phrases in src/view/phrasebook.rs.

# Cards: the first line, by situation.
card-triage = 🚨 NEW INCIDENT: { $number }
card-open = 🚨 NEW INCIDENT: { $number }
card-acknowledged = 🛠️ IN PROGRESS: { $number }
card-escalated = 🆘 ESCALATED: { $number }
card-on-hold = ⏸️ ON HOLD: { $number }
card-pending-summary = ⌛ AWAITING SUMMARY: { $number }
card-resolved = ✅ RESOLVED: { $number }
card-closed = 🔒 CLOSED: { $number }

# Cards: what follows.
card-reporter = Reported by: { $person }
card-issue = Issue: { $text }
card-attachments = Attachments: { $count }
card-team = Team: { $team }
card-status = Status: { $status }
card-handled-by = Handled by: { $people }
card-asked = Asked to take it: { $person }
card-also = Also involved: { $people }
card-waiting-for-summary = Waiting for { $person } to reply with a summary
card-resolved-by = Resolved by: { $person }
card-summary = Summary: { $text }
card-priority = Priority: { $priority }
card-tags = Tags: { $tags }
nobody = (none)

# Statuses.
status-triage = 🗂️ Choose a team
status-open = 🔥 UNCLAIMED
status-acknowledged = Claimed
status-escalated = 🔥 Awaiting a manager
status-escalated-claimed = Claimed by a manager
status-on-hold-reporter = Waiting for the reporter
status-on-hold-external = Waiting for something outside
status-on-hold-answered = Answered automatically, waiting for the reporter's verdict
status-pending-summary = Done, summary outstanding
status-resolved = Resolved
status-closed-confirmed = Closed, confirmed
status-closed-cancelled = Cancelled
status-closed-no-summary = Closed without a summary
status-closed-idle = Closed, nobody touched it any more
status-closed-admin = Closed by an administrator
status-closed-answered = Closed, the automatic answer was enough
status-closed-duplicate = Closed as a duplicate

priority-low = low
priority-normal = normal
priority-high = high
priority-urgent = urgent

# Buttons.
button-claim = ✅ Claim
button-claim-escalation = 🛡️ Claim escalation
button-join = ➕ Join
button-release = ❌ Leave
button-escalate = ⬆️ Escalate
button-deescalate = ⬇️ Back to level { $level }
button-resolve = 🏁 Resolve
button-cancel-resolve = ↩️ Back to work
button-resume = ▶️ Resume
button-confirm = 👍 Solved
button-keep-open = 🔄 Keep open
button-close = 🔒 Close
button-hold = ⏳ Wait for reporter
button-archive = 🗄 Archive
button-report = 📨 Report
button-reopen = 🔄 Open again
button-transfer = 🔀 Transfer
button-back = ⬅️ Back
button-assign = 👤 Assign
button-comment = 💬 Comment
choose-team = Which team should { $number } move to?
choose-assignee = Who should take { $number }?
choose-successor = Who should take { $number } instead?
form-summary = What was done?
form-reason = Why is it opened again?
form-report = Report an incident
form-what = What happened?
form-priority = Priority
form-team = Team
form-send = Send
form-channel = Channel
form-person = Who should take it?
form-comment = Comment
form-shown = Where its words are shown
form-shown-in-history = In the history
form-shown-in-exports = In exports only
done-transfer = { $number } has moved to another team.

# Notices: sent once.
notice-summon = 🔔 { $number } needs attention.
notice-summon-escalated = 🔔 { $number } requires manager attention.
notice-summon-person = 🔔 { $number }: you were asked to take this.
notice-unclaimed = 🔔 { $number } has been unclaimed for { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
}. Please review.
notice-unclaimed-escalated = 🔔 { $number } has been awaiting a manager for { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
}.
notice-unrouted = 🔔 { $number } has been waiting for a team for { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
}.
notice-ask-summary = { $person }, please reply to this message with the resolution summary for { $number }: what was done, the root cause, any follow-up.
notice-ask-summary-again = { $person }, the resolution summary for { $number } is still outstanding. Please reply to this message with it.
notice-template = Please tell:
notice-resolved = ✅ { $number } has been marked as resolved!
notice-closed = 🔒 { $number }: { $reason }.
notice-summary-missing = ⌛ { $number }: the summary did not come, so work goes on.
notice-breached = ⏰ { $number } has broken its promised time.
notice-exhausted = 🚨 { $number }: everybody on call was called and nobody answered.
notice-reporter-wrote = 💬 { $number }: the reporter has written.
notice-still-needed = ⏳ { $person }, is { $number } still needed?
notice-claim-ended = ⚠️ { $number }: { $person } does not hold it any more.
pager-callout = { $number } needs you: { $text }

# Announcements about the group itself.
announce-managers = ✅ Managers of this group: { $people }. Whoever has not written or pressed anything here yet is registered the first time they do.
announce-granted-reporter = ✅ { $person } is registered as a driver and can report incidents with { $command_new_issue }.
announce-granted-responder = ✅ { $person } is a dispatcher in this group.
announce-granted-responder-handle = ✅ { $person } will be a dispatcher in this group: the role is kept for that handle and bound to its owner the first time they write or press something here.
announce-granted-manager = ✅ { $person } is a manager in this group.
announce-granted-other = ✅ { $person } has a new role in this group.
announce-revoked-responder = ✅ { $person } is not a dispatcher in this group any more.
announce-revoked-other = ✅ { $person } has lost a role in this group.
announce-not-held = ⚠️ Nobody called { $person } has that role in this group, so nothing has changed.
announce-right-pin = ⚠️ I cannot pin messages in this group. Incidents work all the same; to have their cards pinned, make me an administrator with the right to pin messages.
announce-right-write = ⚠️ I may not write in this group.
announce-right-room = ⚠️ I cannot open rooms for incidents here. They are filed all the same, and get their rooms as soon as I can: give me the rights to manage channels and roles, and check the setting room_category.
announce-right-log = ⚠️ I cannot bring into the log what belongs there. It waits, and rooms that are to go stay until then. Choose a channel of this server in which I may write and send files, and let me read what people write: { $command_settings } log_channel.
announce-panel = 📨 Press the button to report something. You get a room of your own for it, in which only those see you who help you.
announce-language = ✅ From now on, everything in this group is in English.
announce-linked = 🔗 Linked with { $title } ({ $platform }): incidents are live in both chats from now on. Whoever administers one of them administers the group.
announce-unlinked = 🔗 No longer linked with { $title } ({ $platform }).

# Answers to presses.
done-claim = You have claimed { $number }.
done-join = You have joined { $number }.
done-release = You have left { $number }.
done-escalate = { $number } is escalated.
done-deescalate = { $number } is given back.
done-resolve = Please reply to the question with a summary of { $number }.
done-cancel-resolve = Back to work on { $number }.
done-summary = { $number } is resolved. Thank you!
done-other = Done: { $number }.
done-roster = Done.
transcript-title = { $number }, part { $part }
transcript-about = All times are those of { $zone }.
done-archive = 🗄 What was said is kept in the log, then the room goes.
done-housed = 📨 { $number } is filed. Go on here: { $room }

# Teams, companies and their groups.
teams-none = There are no teams yet.
rota-none = Nobody has a schedule: everybody is mentioned at any hour.
rota-intro = On duty, by the clock of { $zone }:
rota-line = { $mark } { $person } · { $week }
rota-line-team = { $mark } { $person } · { $team } · { $week }
notice-shift = 🔔 Your shift begins. This waits to be claimed:
notice-shift-team = 🔔 The shift of { $team } begins. This waits to be claimed:
notice-shift-line = { $number } · { $minutes } min — { $text }
notice-nobody-on-shift = Nobody of the team is on duty now, so the managers hear of it.
refused-no-teams = ❌ There is no team yet that could take it. An administrator of the group founds one: { $usage }
allowed-team = the number of a team as { $command_teams } shows it, or default
allowed-category = the id of a category in which rooms of incidents are opened, or default
allowed-channel = a channel, mentioned or by its id, that keeps what was said in rooms; or default
allowed-idle-warning = a number of days from 1 to 30, fewer than auto_close_days; or default
allowed-auto-close = a number of days from 2 to 90, more than idle_warning_days; or default
allowed-template = 3 to 500 characters, or default
arguments-week = mon-fri 07:00-19:00 | off
teams-line = { $team }. { $name }: { $people }
teams-line-restricted = { $team }. { $name } (for members of teams only): { $people }
tenants-none = There are no companies yet.
tenants-company = { $name }
tenants-group = ✅ { $name }
tenants-group-pending = ⏳ { $name }: waits for approval
tenants-group-suspended = ⏸ { $name }: I am not in it any more
done-company = ✅ “{ $name }” is a company now. Write { $usage } in each of its groups.
done-group = ✅ This group belongs to { $name } now. An administrator of the group can name its managers with { $usage }.
done-group-suspended = ⏸ This group is stopped. Nothing can be reported or claimed here until it is activated again.
done-group-activated = ✅ This group works.

# Answers to commands.
help-intro = I turn reports into incidents: one pinned card each, claimed with a button, escalated to managers, resolved with a summary.
help-command = { $usage } — { $what }
help-outro = In a new group, an administrator first names the managers: { $usage }.
usage = Usage: { $usage }
status-line = { $number }: { $status }
status-reported = Reported { $at } { $zone } by { $person }.
welcome-total = { $count ->
    [one] { $count } incident was reported in this group so far.
   *[other] { $count } incidents were reported in this group so far.
}
stats-day = 📊 Today ({ $zone }): { $reported } reported, { $resolved } resolved, { $open } under way.
stats-week = This week: { $reported } reported, { $resolved } resolved, { $open } under way.
stats-month = This month: { $reported } reported, { $resolved } resolved, { $open } under way.
stats-claimed = Until claimed, this month: { $mean } on average, nine in ten within { $most }.
stats-resolved = Until resolved, this month: { $mean } on average, nine in ten within { $most }.

command-start = what I do and how to begin
command-help = the list of commands
command-configure-managers = name the managers of this group (administrators)
command-add-dispatcher = make somebody a dispatcher (administrators)
command-remove-dispatcher = take the dispatcher role away (administrators)
command-register-driver = register yourself as a driver
command-new-issue = report an incident; or reply with it to the message that describes the issue
command-status = what is going on with an incident
command-language = choose the language of this group (administrators)
command-settings = what this group has set for itself, and who changed it; administrators change it, or undo a change
command-panel = show a button here by which everybody may report (administrators)
command-stats = the figures of this group (dispatchers, managers, administrators)
command-add-team = found a team that everybody may choose (administrators)
command-add-restricted-team = found a team that only members of teams may choose (administrators)
command-teams = the teams, with their numbers and members
command-schedule = when people are on duty: show it, or set it for somebody
command-add-team-member = put people into a team (administrators)
command-remove-team-member = take people out of a team (administrators)
command-add-company = found a company
command-add-group = give this group to a company
command-link = let this group live in another chat as well; administrators
command-unlink = let it live there no more; administrators
command-link-me = be known by another account as well
command-list-groups = all companies with their groups
command-suspend-group = stop this group
command-activate-group = let this group work again

arguments-people = @user1 @user2 …
arguments-person = @user
arguments-description = description
arguments-number = TKT-2026-0042
arguments-language = en|es|nl|ru
arguments-setting = name | history | undo
arguments-value = value
arguments-code = code
arguments-team = name
arguments-team-number = number of the team
arguments-company = name of the company

# Refusals.
refused-not-authorized = ❌ You are not authorized to do this.
refused-not-authorized-claim = ❌ You are not authorized to claim this. Please ask an administrator to add you as a dispatcher.
refused-not-authorized-claim-escalation = ❌ You are not authorized to claim escalations. Please ask an administrator to name you as a manager.
refused-not-authorized-admin = ❌ Only group administrators can do this.
refused-not-authorized-platform = ❌ Only administrators of this installation can do this.
refused-not-authorized-summary = ❌ It is waiting for a summary from somebody else.
refused-only-holder = ❌ Only whoever works on it and managers can do this.
refused-only-managers = ❌ Only managers and group administrators can do this.
refused-only-workers = ❌ Only those who may claim it and managers can do this.
refused-only-reporter = ❌ Only whoever reported it and managers can do this.
refused-only-involved = ❌ Only whoever reported it, those who may claim it, and managers can do this.
refused-only-staff = ❌ Only dispatchers, managers and group administrators can do this.
refused-override = ❌ Only group administrators can do this, and only where the workflow allows it.
refused-wrong-state = ❌ Not possible now. { $number }: { $status }.
refused-already-acknowledged = Sorry, { $person } has already claimed { $number }.
refused-already-assignee = You are already working on { $number }.
refused-held = ❌ { $person } works on { $number } already. To hand it over: { $usage }
refused-not-assignee = ❌ You are not working on { $number }.
refused-not-eligible = ❌ That person cannot take { $number }.
refused-closing-out = ⌛ { $number } is waiting for a summary from { $person }.
refused-too-short = ❌ Too short: at least { $count ->
    [one] { $count } character is
   *[other] { $count } characters are
} needed.
refused-too-long = ❌ Too long: at most { $count ->
    [one] { $count } character is
   *[other] { $count } characters are
} allowed.
refused-no-summary = ❌ A summary is required.
refused-no-change = ❌ Nothing would change.
refused-no-such-level = ❌ There is no such level.
refused-unreachable = ❌ That is not possible here.
refused-too-many = ❌ Too many.
refused-rate-limited = ⏳ Too many reports in a short time. Please try again in { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
}.
refused-rate-limited-minutes = ⏳ Too many reports in an hour. Please try again in { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
}.
refused-unknown = ❌ There is no such incident here.
refused-unknown-button = ❌ This button is not valid.
refused-inactive = ❌ This group is not set up yet. A group administrator can do that with { $usage }.
refused-approval = ❌ This group is not approved yet. Please ask the administrator of this installation to write { $usage } here.
refused-suspended = ❌ This group is suspended: I was told that I am not in it any more. Please remove me from it and add me again; everything then goes on where it was.
refused-stale = The card had changed meanwhile. { $number }: { $status }.
refused-too-late = ❌ It is too late for that.
refused-only-in-groups = ❌ This command only works in groups.
refused-anonymous = ❌ I cannot see who you are. Please write as yourself, not as the group or a channel.
refused-bot = ❌ Bots cannot do this.
refused-bad-handle = ❌ “{ $text }” is not a username. Where names are offered as you type @, choose one of them.
refused-no-rooms = ❌ The panel leads to rooms of their own, which incidents of this group do not have.
refused-bad-number = ❌ “{ $text }” is not an incident number.
refused-try-again = ⚠️ That did not work right now. Please try again.
refused-company-exists = ❌ There is a company called “{ $name }” already. { $usage } lists them.
refused-no-such-company = ❌ There is no company called “{ $name }”. { $usage } lists them.
refused-several-companies = ❌ There are several companies called “{ $name }”. Please name one by its id: { $ids }
refused-group-taken = ❌ This group belongs to a company already.
link-code = 🔗 Within 10 minutes, an administrator of the other chat types there the command link with this code: { $code }
link-me-code = 🔗 Within 10 minutes, type with your other account the command link_me with this code: { $code } Show it to nobody: whoever uses it is you.
link-code-sent = 🔗 I have sent you a code, to be seen by you alone. If it did not come, write to me in a chat with me alone first, and ask again.
link-bad-code = ❌ There is no such code. It may have been used, or be older than 10 minutes; ask for a new one.
link-chat-taken = ❌ This chat is a group already. Only a chat that is none can be linked with a group.
link-too-many = ❌ This group lives in as many chats as it may.
link-in-rooms = ❌ Each incident of this group has a channel of its own, for those concerned alone. There is nothing that a linked chat could show.
link-not-linked = ❌ This group lives in this chat only.
link-me-done = ✅ This account belongs to { $person } from now on: roles, claims and mentions are those of one person. If that is wrong, type link_me off.
link-me-parted = ✅ This account is on its own again. Roles stay with the other one.
link-me-alone = ❌ This account is linked with no other.
link-me-same = ✅ This account has been yours before.
link-me-busy = ❌ With this account you have to do with { $number }, which is not over. Finish it or hand it over first, and ask for a new code.
refused-no-such-team = ❌ There is no team with the number “{ $name }”. { $usage } lists them.
refused-team-exists = ❌ There is a team called “{ $name }” already. { $usage } lists them.
person-unknown = somebody
people-and-more = { $people } and { $count } more

# Commands about incidents.
command-open = see what is open in this group, the most urgent first
command-mine = see what you hold in this group
command-history = see what happened to an incident; a page number shows what was earlier
command-files = list the files of an incident and send them again
command-pin = show and pin the card of an incident again
command-assign = ask somebody to take an incident
command-reassign = take an incident from one person and ask another
command-revoke = end somebody’s claim (managers, administrators)
command-hold = stop the clocks while it waits for the reporter or for something else
command-resume = start the clocks again
command-cancel = take a report back that nobody has claimed
command-reopen = open an incident again
command-duplicate = close an incident because it repeats another one (managers)
command-override = set the state whatever the rules say (administrators; tickets only)
command-priority = say how urgent an incident is
command-tag = put a word on an incident, to group it with others
command-untag = take such a word away
command-edit = correct the description; the old one stays in the history
command-note = add a note that the history shows
command-note-internal = add a note whose words only exports show
arguments-page = page
arguments-reason = reason
arguments-state = open | resolved | closed
arguments-hold = reporter | external
arguments-original = of TKT-2026-0007
arguments-priority = low | normal | high | urgent
arguments-tag = word
arguments-text = text
help-follow = Reports
help-work = Work
help-content = Content
help-group = This group
help-installation = Administrators of this installation
help-number = Say which incident by its number, as TKT-2026-0042 or 42, or reply with the command to a message about it. A photo or a file is added by replying with it to the card.

# Confirmations.
done-reopen = { $number } is open again.
done-cancel = { $number } is cancelled.
done-hold = { $number } is on hold. { $status }.
done-resume = { $number } goes on.
done-priority = { $number } has the priority { $priority }.
done-tags = { $number } has the tags { $tags }.
done-untagged = { $number } has no tags.
done-edit = The description of { $number } is corrected.
done-note = Noted on { $number }.
done-pin = The card of { $number } is shown again, and pinned if I may pin here.
done-pin-over = { $number } is over: its card is shown again, and stays unpinned.
done-assign = Asked. { $number } is theirs once they claim it.
done-revoke = That claim on { $number } has ended.
done-duplicate = { $number } is closed as a duplicate.
done-override = { $number }: { $status }.
done-attached = 📎 Added to { $number }.
refused-unseen = ❌ I have not seen { $text } in this group yet. They must have written or pressed something here first.

# Lists.
list-empty = Nothing is open here.
list-empty-mine = You hold nothing here.
list-line = { $number } · { $status } — { $text }
list-line-priority = ❗ { $number } · { $priority } · { $status } — { $text }
list-more = … and { $count } more.
files-none = { $number } has no files.
files-intro = Files of { $number }, sent again below:
files-there = Files of { $number }, which stand in its channel:
files-line = { $at } · { $person } · { $text }
files-size = { $text }, { $count } kB
files-more = … and { $count } before these.

# Histories: who did it stands before each.
history-intro = { $number }: { $status } · { $zone }
history-line = { $at } { $person }: { $what }
history-earlier = There is more, earlier: { $usage }
history-desk = the desk
history-assistant = the assistant
history-created = reported: { $text }
history-routed = gave it to the team { $team }
history-routed-desk = gave it to the whole desk
history-triaged = assessed it
history-triage-failed = could not assess it: { $text }
history-answered = answered: { $text }
history-claimed = claimed it
history-joined = joined
history-left = left
history-unassigned = nobody holds it now
history-assigned = asked { $person } to take it
history-reassigned = took it from { $person }
history-revoked = ended the claim of { $person }: { $text }
history-escalated = escalated it to level { $level }
history-deescalated = gave it back to level { $level }
history-transferred = moved it to the team { $team }
history-held = put it on hold: { $reason }
history-resumed = resumed it
history-promised = promised a summary
history-withdrawn = went back to work
history-summary-missing = the summary did not come in time
history-resolved = resolved it: { $text }
history-resolved-silently = resolved it
history-amended = corrected the summary: { $text }
history-closed = { $reason }
history-closed-note = { $reason }: { $text }
history-reopened = opened it again: { $text }
history-touched = said that it still matters
history-replied = wrote: { $text }
history-warned = asked whether it still matters
history-reminded = reminded everybody, reminder { $count }
history-breached = a promised time was broken
history-called = called { $person }
history-call-delivered = the call reached { $person }
history-call-failed = the call did not reach { $person }
history-call-confirmed = { $person } took it by phone
history-exhausted = everybody on call was called in vain
history-priority = set the priority { $priority }
history-severity = set the severity { $count }
history-tagged = added the tag { $text }
history-untagged = took the tag { $text } away
history-edited = corrected the description: { $text }
history-note = noted: { $text }
history-note-internal = added an internal note
history-file = added a file: { $text }
history-overridden = set its state to { $status }: { $text }
history-card-repaired = had the card drawn anew
history-archived = took the card away
history-chat-moved = the chat has a new address
history-chat-lost = the chat is gone
history-erased = erased what a person wrote
log-created = reported it
log-answered = answered
log-revoked = ended the claim of { $person }
log-amended = corrected the summary
log-reopened = opened it again
log-edited = corrected the description
log-overridden = set its state to { $status }
log-archived = archived it

# Settings of a group.
settings-intro = Settings of this group. An administrator changes one with its name and a value: { $command_settings } timezone Europe/Madrid. The value “default” leaves it to the installation again; { $command_settings } history tells who changed what, { $command_settings } undo takes the last change back.
settings-line = { $name }: { $value }
settings-line-default = { $name }: { $value } (not set here)
settings-by = Last changed by { $person }, { $at }.
settings-allowed = Allowed: { $allowed }.
settings-default = default
settings-default-language = everybody’s own
settings-changed = ✅ { $name } is { $value } now. It was { $before }.
settings-undone = ↩️ { $name } is { $value } again. It was { $before }.
settings-nothing = ❌ There is no change to take back.
settings-unknown = ❌ There is no setting called “{ $text }”. There are: { $names }.
settings-refused = ❌ { $name } cannot be “{ $text }”. Allowed: { $allowed }.
settings-history = { $at } { $person }: { $name } from { $before } to { $value }
settings-history-undone = { $at } { $person }: { $name } back from { $before } to { $value }
settings-history-none = Nobody has changed a setting of this group yet.
settings-history-more = … and { $count } before these.
allowed-language = en, es, nl, ru or default
allowed-timezone = a name of the IANA database such as Europe/Madrid or America/New_York, or default
allowed-week-start = monday, sunday, saturday or default
allowed-wait = 1s to 30d, written like 90s, 10m, 2h or 1h30m, or default
allowed-reports = a whole number from 1 to 1000, or off, or default
allowed-emoji = one emoji, or default
allowed-words = 1 to 32 characters on one line, without braces, or default
settings-words = Words on cards and buttons: { $command_settings } words.
settings-words-intro = Words on cards and buttons of this group. An administrator chooses others by name: { $command_settings } button_claim Take it. The value “default” brings the usual ones back.
# Reports: the page and its tables.
report-about = { $days }, time zone { $zone }; as of { $at }.
report-days-span = { $first } to { $last }
report-nothing = Nothing.
report-incidents = Incidents
report-share = Share
report-totals = In total
report-totals-note = Every figure is about the incidents reported on these days, without those cancelled or closed as duplicates; every share is a part of all of them.
report-reported = Reported
report-claimed = Claimed
report-escalated = A higher level was asked
report-resolved = Resolved
report-resolved-first = Resolved at the first level
report-live = Not over yet
report-given-up = Closed because nobody answered
report-reopened = Opened again
report-shared = Held by several people
report-left-out = Left out: cancelled or duplicates
report-times = How long it took
report-times-note = Of those where it happened; where an incident was opened again, since then. h:mm:ss.
report-until-claimed = Report to first claim (MTTA)
report-until-escalation-claimed = Escalation to claim above
report-until-resolved = Report to resolution (MTTR)
report-until-resolved-unheld = The same without time on hold
report-mean = Mean
report-longest = Longest
report-promises = In time
report-promises-note = What was never done counts as late once its time is over. Neither: the time still runs, or it was never asked for.
report-claimed-above = Claimed above after an escalation
report-within = Within
report-in-time = In time
report-share-in-time = Share in time
report-late = Late
report-share-late = Share late
report-neither = Neither
report-days = Day by day
report-days-note = By the day of the report.
report-resolved-since = Resolved since
report-share-of-day = Share of the day
report-hours = Hours and weekdays
report-hours-note = When they were reported.
report-monday = monday
report-tuesday = tuesday
report-wednesday = wednesday
report-thursday = thursday
report-friday = friday
report-saturday = saturday
report-sunday = sunday
report-states = How they stand
report-states-note = Now, not then.
report-state-triage = triage
report-state-open = open
report-state-acknowledged = acknowledged
report-state-on-hold = on hold
report-state-pending-summary = awaiting the summary
report-state-resolved = resolved
report-state-closed = closed
report-closed-as = closed: { $reason }
report-closed-confirmed = confirmed
report-closed-cancelled = cancelled
report-closed-no-summary = no summary
report-closed-idle = idle
report-closed-admin = by a manager
report-closed-answered = answered
report-closed-duplicate = duplicate
report-people = People
report-people-note = Who resolved most, at most fifty people. Active: the time they held incidents, each by itself.
report-claims = Claims
report-assisted = Assisted
report-given-back = Given back
report-passed-on = Passed on
report-closed-under = Closed under them
report-active = Active
report-teams = Teams
report-teams-note = By the team they came to in the end, and since they came there.
report-no-team = No team
report-mean-to-claim = Mean to claim
report-most-to-claim = p90 to claim
report-mean-to-resolve = Mean to resolve
report-most-to-resolve = p90 to resolve
report-groups = Groups
report-groups-note = Where they were reported.
report-waiting = Waiting
report-waiting-note = The oldest of those that are not over yet, at most fifty.
report-state = State
report-age = Age
report-change = Against the days before
report-change-note = Before: { $days }. Both as they stand now; days that are not over are compared with days that are.
report-these-days = These days
report-days-before = Before
report-difference = Change
report-median-claimed = Median to first claim
report-median-resolved = Median to resolution
report-claimed-in-time = Claimed in time
report-resolved-in-time = Resolved in time
report-escalations = The way of escalations
report-escalations-note = From the report to the answer of a higher level, since the incident was last opened.
report-waiting-above = Wait for a claim above
report-resolved-escalated = Resolved after an escalation
report-dispatchers = Escalations by person
report-dispatchers-note = Who held incidents at the first level when a higher one was asked, at most fifty people. The share is of their own claims there.
report-first-claims = Claims at the first level
report-share-of-claims = Share of these claims
report-resolution = Resolution with and without escalation
report-resolution-note = From the report to the resolution; whether it was in time is said where a time is promised.
report-with-escalation = With an escalation
report-without-escalation = Without an escalation
report-ageing = Age of what is not over
report-ageing-note = Since the report, as it stands now.
report-age-hour = Under 1 hour
report-age-hours = 1 to 4 hours
report-age-day = 4 to 24 hours
report-age-days = 1 to 3 days
report-age-week = 3 to 7 days
report-age-older = 7 days and more
report-unclaimed = Nobody has them
report-holders = How many people held one
report-holders-note = One after the other or together, at whatever time.
report-held-by-none = Nobody
report-held-by-one = One person
report-held-by-two = Two people
report-held-by-more = Three or more
report-group-reporters = People who reported
report-reporters = Who reports
report-reporters-note = Who reported most, at most fifty people.
report-last-report = Last report
report-tags = Tags
report-tags-note = The tags of most incidents, at most fifty. An incident with several is among those of each.
report-untagged = Without a tag
command-report = send the figures of a day, week or month as files
arguments-period = day|week|month
arguments-date = date
report-caption = 📊 Report: { $title }, { $days }
report-caption-table = 🔢 The same as a table: { $title }, { $days }
files-caption = 📎 { $number }: { $text }
files-gone = 📎 { $number }: the file { $text } is not there any more.
files-left = 📎 { $number }: I cannot keep the file { $text } here, it is too large. So its room stays: whoever administers this place finds the file there, and can take the room away afterwards.

# Groups that wait to be admitted.
admission-asked = 👋 Please reply to this message with the name of your company, so that the administrators of this installation can admit this group. A group administrator must do that.
admission-requested = ✅ Thank you! I have asked the administrators of this installation to admit this group to “{ $name }”. I say so here once they have decided.
admission-known = I have asked about exactly that already. Please wait until they have decided.
admission-refused = ❌ They have refused that name. I ask about another one only.
admission-limited = ⏳ I have asked about this group often enough for today. Please try again in { $hours ->
    [one] { $hours } hour.
   *[other] { $hours } hours.
}
admission-admitted = ✅ This group is admitted: it belongs to { $name }. A group administrator can now name its managers with { $usage }. What somebody reported here before still stands in the chat: a reply to it with { $command_new_issue } files it.
admission-denied = ❌ The administrators of this installation did not admit this group. If the name of the company was wrong, reply to my question with the right one.
admission-consult = 🚨 The group “{ $group }” asks to be admitted. It says that it belongs to “{ $name }”; so says { $person }.
admission-others = For any other company, write { $usage } in that group.
button-admit-into = ✅ To { $name }
button-admit-alone = ➕ New company { $name }
button-deny = ❌ Refuse
done-admitted = ✅ Admitted to { $name }. The group is told.
done-denied = Refused. The group is told.
refused-decided = ❌ That was decided before.

# Roles in a whole company.
company-managers = Managers in every group of { $name }: { $people }
company-responders = Dispatchers in every group of { $name }: { $people }
