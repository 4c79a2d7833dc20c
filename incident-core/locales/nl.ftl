# Dutch. The keys are those of en.ftl, in the same order; people are addressed as je.

# Cards: the first line, by situation.
card-triage = 🚨 NIEUW INCIDENT: { $number }
card-open = 🚨 NIEUW INCIDENT: { $number }
card-acknowledged = 🛠️ IN BEHANDELING: { $number }
card-escalated = 🆘 GEËSCALEERD: { $number }
card-on-hold = ⏸️ IN DE WACHT: { $number }
card-pending-summary = ⌛ WACHT OP SAMENVATTING: { $number }
card-resolved = ✅ OPGELOST: { $number }
card-closed = 🔒 GESLOTEN: { $number }

# Cards: what follows.
card-reporter = Gemeld door: { $person }
card-issue = Probleem: { $text }
card-attachments = Bijlagen: { $count }
card-team = Team: { $team }
card-status = Status: { $status }
card-handled-by = Opgepakt door: { $people }
card-asked = Gevraagd dit op te pakken: { $person }
card-also = Ook betrokken: { $people }
card-waiting-for-summary = Wacht op een samenvatting van { $person }
card-resolved-by = Opgelost door: { $person }
card-summary = Samenvatting: { $text }
card-priority = Prioriteit: { $priority }
card-tags = Labels: { $tags }
nobody = (niemand)

# Statuses.
status-triage = 🗂️ Kies een team
status-open = 🔥 NOG NIET OPGEPAKT
status-acknowledged = Opgepakt
status-escalated = 🔥 Wacht op een manager
status-escalated-claimed = Opgepakt door een manager
status-on-hold-reporter = Wacht op de melder
status-on-hold-external = Wacht op iets van buiten
status-on-hold-answered = Automatisch beantwoord, de melder moet nog zeggen of het klopt
status-pending-summary = Klaar, samenvatting ontbreekt nog
status-resolved = Opgelost
status-closed-confirmed = Gesloten en bevestigd
status-closed-cancelled = Geannuleerd
status-closed-no-summary = Gesloten zonder samenvatting
status-closed-idle = Gesloten, er gebeurde niets meer
status-closed-admin = Gesloten door een beheerder
status-closed-answered = Gesloten, het automatische antwoord was genoeg
status-closed-duplicate = Gesloten als dubbele melding

priority-low = laag
priority-normal = normaal
priority-high = hoog
priority-urgent = dringend

# Buttons.
button-claim = ✅ Oppakken
button-claim-escalation = 🛡️ Escalatie oppakken
button-join = ➕ Meehelpen
button-release = ❌ Loslaten
button-escalate = ⬆️ Escaleren
button-deescalate = ⬇️ Terug naar niveau { $level }
button-resolve = 🏁 Oplossen
button-cancel-resolve = ↩️ Weer aan het werk
button-resume = ▶️ Verdergaan
button-confirm = 👍 Opgelost
button-keep-open = 🔄 Openhouden
button-close = 🔒 Sluiten
button-hold = ⏳ Wachten op melder
button-archive = 🗄 Archiveren
button-report = 📨 Melden
button-reopen = 🔄 Opnieuw openen
button-transfer = 🔀 Overdragen
button-back = ⬅️ Terug
button-assign = 👤 Toewijzen
button-comment = 💬 Opmerking
choose-team = Naar welk team moet { $number }?
choose-assignee = Wie moet { $number } oppakken?
choose-successor = Wie moet { $number } in plaats daarvan oppakken?
form-summary = Wat is er gedaan?
form-reason = Waarom gaat het weer open?
form-report = Incident melden
form-what = Wat is er gebeurd?
form-priority = Prioriteit
form-team = Team
form-send = Versturen
form-channel = Kanaal
form-person = Wie moet het oppakken?
form-comment = Opmerking
form-shown = Waar de tekst te zien is
form-shown-in-history = In de geschiedenis
form-shown-in-exports = Alleen in exports
done-transfer = { $number } is nu bij een ander team.

# Notices: sent once.
notice-summon = 🔔 { $number } heeft aandacht nodig.
notice-summon-escalated = 🔔 { $number } heeft een manager nodig.
notice-summon-person = 🔔 { $number }: jou is gevraagd dit op te pakken.
notice-unclaimed = 🔔 { $number } is al { $minutes ->
    [one] { $minutes } minuut
   *[other] { $minutes } minuten
} door niemand opgepakt. Kijk er even naar.
notice-unclaimed-escalated = 🔔 { $number } wacht al { $minutes ->
    [one] { $minutes } minuut
   *[other] { $minutes } minuten
} op een manager.
notice-unrouted = 🔔 { $number } wacht al { $minutes ->
    [one] { $minutes } minuut
   *[other] { $minutes } minuten
} op een team.
notice-ask-summary = { $person }, beantwoord dit bericht met de samenvatting van { $number }: wat is er gedaan, wat was de oorzaak, moet er nog iets gebeuren?
notice-ask-summary-again = { $person }, de samenvatting van { $number } ontbreekt nog. Stuur hem als antwoord op dit bericht.
notice-template = Vertel graag:
notice-resolved = ✅ { $number } is opgelost!
notice-closed = 🔒 { $number }: { $reason }.
notice-summary-missing = ⌛ { $number }: er kwam geen samenvatting, dus het werk gaat door.
notice-breached = ⏰ { $number } heeft de afgesproken tijd overschreden.
notice-exhausted = 🚨 { $number }: iedereen met dienst is gebeld en niemand heeft gereageerd.
notice-reporter-wrote = 💬 { $number }: de melder heeft geschreven.
notice-still-needed = ⏳ { $person }, is { $number } nog nodig?
notice-claim-ended = ⚠️ { $number }: { $person } werkt hier niet meer aan.
pager-callout = { $number } heeft je nodig: { $text }

# Announcements about the group itself.
announce-managers = ✅ Managers van deze groep: { $people }. Wie hier nog niets heeft geschreven of aangeklikt, wordt geregistreerd zodra dat gebeurt.
announce-granted-reporter = ✅ { $person } is geregistreerd als chauffeur en kan incidenten melden met { $command_new_issue }.
announce-granted-responder = ✅ { $person } is dispatcher in deze groep.
announce-granted-responder-handle = ✅ { $person } wordt dispatcher in deze groep: de rol staat klaar voor die gebruikersnaam en gaat naar de eigenaar zodra die hier iets schrijft of aanklikt.
announce-granted-manager = ✅ { $person } is manager in deze groep.
announce-granted-other = ✅ { $person } heeft een nieuwe rol in deze groep.
announce-revoked-responder = ✅ { $person } is geen dispatcher meer in deze groep.
announce-revoked-other = ✅ { $person } is een rol in deze groep kwijt.
announce-not-held = ⚠️ Niemand met de naam { $person } heeft die rol in deze groep, dus er is niets veranderd.
announce-right-pin = ⚠️ Ik kan in deze groep geen berichten vastzetten. Incidenten werken gewoon; wil je hun kaarten bovenaan hebben, maak me dan beheerder met het recht om berichten vast te zetten.
announce-right-write = ⚠️ Ik mag in deze groep niet schrijven.
announce-right-room = ⚠️ Ik kan hier geen ruimtes voor incidenten openen. Ze worden toch vastgelegd en krijgen hun ruimte zodra ik dat kan: geef me het recht om kanalen en rollen te beheren en controleer de instelling room_category.
announce-right-log = ⚠️ Ik kan niet in het log zetten wat er hoort. Het wacht, en ruimtes die weg moeten, blijven tot dan staan. Kies een kanaal van deze server waarin ik mag schrijven en bestanden mag sturen, en laat mij lezen wat mensen schrijven: { $command_settings } log_channel.
announce-panel = 📨 Druk op de knop om iets te melden. Je krijgt er een eigen ruimte voor, waarin alleen wie je helpt je ziet.
announce-language = ✅ Vanaf nu staat alles in deze groep in het Nederlands.
announce-linked = 🔗 Gekoppeld met { $title } ({ $platform }): incidenten leven vanaf nu in beide chats. Wie een daarvan beheert, beheert de groep.
announce-unlinked = 🔗 Niet langer gekoppeld met { $title } ({ $platform }).

# Answers to presses.
done-claim = Je hebt { $number } opgepakt.
done-join = Je helpt mee met { $number }.
done-release = Je hebt { $number } losgelaten.
done-escalate = { $number } is geëscaleerd.
done-deescalate = { $number } is teruggegeven.
done-resolve = Beantwoord de vraag met een samenvatting van { $number }.
done-cancel-resolve = Je werkt weer aan { $number }.
done-summary = { $number } is opgelost. Dank je wel!
done-other = Gedaan: { $number }.
done-roster = Gedaan.
transcript-title = { $number }, deel { $part }
transcript-about = Alle tijden zijn die van { $zone }.
done-archive = 🗄 Wat is gezegd wordt in het log bewaard, daarna verdwijnt de ruimte.
done-housed = 📨 { $number } is vastgelegd. Ga hier verder: { $room }

# Teams, companies and their groups.
teams-none = Er zijn nog geen teams.
rota-none = Niemand heeft een rooster: iedereen wordt op elk uur genoemd.
rota-intro = Dienst, volgens de klok van { $zone }:
rota-line = { $mark } { $person } · { $week }
rota-line-team = { $mark } { $person } · { $team } · { $week }
notice-shift = 🔔 Je dienst begint. Dit wacht om opgepakt te worden:
notice-shift-team = 🔔 De dienst van { $team } begint. Dit wacht om opgepakt te worden:
notice-shift-line = { $number } · { $minutes } min — { $text }
notice-nobody-on-shift = Van het team heeft nu niemand dienst, dus de managers horen het.
refused-no-teams = ❌ Er is nog geen team dat het kan oppakken. Een beheerder van de groep maakt er een: { $usage }
allowed-team = het nummer van een team zoals { $command_teams } het toont, of default
allowed-category = het id van een categorie waarin ruimtes van incidenten worden geopend, of default
allowed-channel = een kanaal, vermeld of met zijn id, dat bewaart wat in ruimtes is gezegd; of default
allowed-idle-warning = een aantal dagen van 1 tot 30, minder dan auto_close_days; of default
allowed-auto-close = een aantal dagen van 2 tot 90, meer dan idle_warning_days; of default
allowed-template = 3 tot 500 tekens, of default
arguments-week = mon-fri 07:00-19:00 | off
teams-line = { $team }. { $name }: { $people }
teams-line-restricted = { $team }. { $name } (alleen voor teamleden): { $people }
tenants-none = Er zijn nog geen bedrijven.
tenants-company = { $name }
tenants-group = ✅ { $name }
tenants-group-pending = ⏳ { $name }: wacht op goedkeuring
tenants-group-suspended = ⏸ { $name }: ik zit er niet meer in
done-company = ✅ “{ $name }” is nu een bedrijf. Schrijf { $usage } in elk van zijn groepen.
done-group = ✅ Deze groep hoort nu bij { $name }. Een beheerder van de groep kan de managers aanwijzen met { $usage }.
done-group-suspended = ⏸ Deze groep staat stil. Er kan hier niets worden gemeld of opgepakt tot hij weer wordt geactiveerd.
done-group-activated = ✅ Deze groep werkt.

# Answers to commands.
help-intro = Ik maak van meldingen incidenten: elk krijgt een vastgezette kaart, wordt opgepakt met een knop, geëscaleerd naar managers en opgelost met een samenvatting.
help-command = { $usage } — { $what }
help-outro = In een nieuwe groep noemt een beheerder eerst de managers: { $usage }.
usage = Zo typ je het: { $usage }
status-line = { $number }: { $status }
status-reported = Gemeld op { $at } { $zone } door { $person }.
welcome-total = { $count ->
    [one] Tot nu toe is in deze groep { $count } incident gemeld.
   *[other] Tot nu toe zijn in deze groep { $count } incidenten gemeld.
}
stats-day = 📊 Vandaag ({ $zone }): { $reported } gemeld, { $resolved } opgelost, { $open } lopend.
stats-week = Deze week: { $reported } gemeld, { $resolved } opgelost, { $open } lopend.
stats-month = Deze maand: { $reported } gemeld, { $resolved } opgelost, { $open } lopend.
stats-claimed = Tot iemand het oppakt, deze maand: gemiddeld { $mean }, negen van de tien binnen { $most }.
stats-resolved = Tot de oplossing, deze maand: gemiddeld { $mean }, negen van de tien binnen { $most }.

command-start = wat ik doe en hoe je begint
command-help = de lijst met commando's
command-configure-managers = de managers van deze groep noemen (beheerders)
command-add-dispatcher = iemand dispatcher maken (beheerders)
command-remove-dispatcher = iemand als dispatcher afzetten (beheerders)
command-register-driver = jezelf registreren als chauffeur
command-new-issue = een incident melden; of als antwoord op het bericht dat het probleem beschrijft
command-status = hoe het met een incident staat
command-add-team = een team maken dat iedereen mag kiezen (beheerders)
command-add-restricted-team = een team maken dat alleen leden mogen kiezen (beheerders)
command-teams = de teams, met hun nummers en leden
command-schedule = wie wanneer dienst heeft: tonen of instellen
command-add-team-member = mensen in een team zetten (beheerders)
command-remove-team-member = mensen uit een team halen (beheerders)
command-add-company = een bedrijf aanmaken
command-add-group = deze groep bij een bedrijf onderbrengen
command-link = deze groep ook in een andere chat laten leven; beheerders
command-unlink = daar niet langer; beheerders
command-link-me = ook een ander account gebruiken
command-list-groups = alle bedrijven met hun groepen
command-suspend-group = deze groep stilzetten
command-activate-group = deze groep weer laten werken
command-language = de taal van deze groep kiezen (beheerders)
command-settings = wat deze groep heeft ingesteld; beheerders wijzigen het
command-panel = een knop om te melden tonen (beheerders)
command-stats = de cijfers van deze groep (dispatchers, managers, beheerders)

arguments-people = @gebruiker1 @gebruiker2 …
arguments-person = @gebruiker
arguments-description = omschrijving
arguments-number = TKT-2026-0042
arguments-team = naam
arguments-team-number = nummer van het team
arguments-company = naam van het bedrijf
arguments-language = en|es|nl|ru
arguments-setting = naam | history | undo
arguments-value = waarde
arguments-code = code

# Refusals.
refused-not-authorized = ❌ Dit mag je niet doen.
refused-not-authorized-claim = ❌ Je mag dit niet oppakken. Vraag een beheerder om je dispatcher te maken.
refused-not-authorized-claim-escalation = ❌ Je mag geen escalaties oppakken. Vraag een beheerder om je manager te maken.
refused-not-authorized-admin = ❌ Alleen beheerders van de groep kunnen dit.
refused-not-authorized-platform = ❌ Alleen beheerders van deze installatie kunnen dit.
refused-not-authorized-summary = ❌ De samenvatting moet van iemand anders komen.
refused-only-holder = ❌ Alleen wie eraan werkt en managers kunnen dit.
refused-only-managers = ❌ Alleen managers en beheerders van de groep kunnen dit.
refused-only-workers = ❌ Alleen wie het mag oppakken en managers kunnen dit.
refused-only-reporter = ❌ Alleen wie het heeft gemeld en managers kunnen dit.
refused-only-involved = ❌ Alleen wie het heeft gemeld, wie het mag oppakken en managers kunnen dit.
refused-only-staff = ❌ Alleen dispatchers, managers en beheerders van de groep kunnen dit.
refused-override = ❌ Alleen beheerders van de groep kunnen dit, en alleen waar de werkwijze het toestaat.
refused-wrong-state = ❌ Dat kan nu niet. { $number }: { $status }.
refused-already-acknowledged = Helaas, { $person } heeft { $number } al opgepakt.
refused-already-assignee = Je werkt al aan { $number }.
refused-held = ❌ { $person } werkt al aan { $number }. Overdragen gaat met { $usage }
refused-not-assignee = ❌ Je werkt niet aan { $number }.
refused-not-eligible = ❌ Deze persoon kan { $number } niet oppakken.
refused-closing-out = ⌛ { $number } wacht op een samenvatting van { $person }.
refused-too-short = ❌ Te kort: minstens { $count ->
    [one] { $count } teken
   *[other] { $count } tekens
} nodig.
refused-too-long = ❌ Te lang: hooguit { $count ->
    [one] { $count } teken
   *[other] { $count } tekens
} toegestaan.
refused-no-summary = ❌ Er is een samenvatting nodig.
refused-no-change = ❌ Er zou niets veranderen.
refused-no-such-level = ❌ Dat niveau bestaat niet.
refused-unreachable = ❌ Dat kan hier niet.
refused-too-many = ❌ Dat zijn er te veel.
refused-rate-limited = ⏳ Te veel meldingen in korte tijd. Probeer het over { $seconds ->
    [one] { $seconds } seconde
   *[other] { $seconds } seconden
} opnieuw.
refused-rate-limited-minutes = ⏳ Te veel meldingen in een uur. Probeer het over { $minutes ->
    [one] { $minutes } minuut
   *[other] { $minutes } minuten
} opnieuw.
refused-unknown = ❌ Zo'n incident is er hier niet.
refused-unknown-button = ❌ Deze knop is niet geldig.
refused-inactive = ❌ Deze groep is nog niet ingericht. Een beheerder van de groep kan dat doen met { $usage }.
refused-approval = ❌ Deze groep is nog niet goedgekeurd. Vraag de beheerder van deze dienst om hier { $usage } te schrijven.
refused-suspended = ❌ Deze groep is stilgezet: er is mij gemeld dat ik er niet meer in zit. Verwijder me en voeg me weer toe; alles gaat dan verder waar het was.
refused-stale = De kaart was intussen veranderd. { $number }: { $status }.
refused-too-late = ❌ Daar is het te laat voor.
refused-only-in-groups = ❌ Dit commando werkt alleen in groepen.
refused-anonymous = ❌ Ik kan niet zien wie je bent. Schrijf als jezelf, niet als de groep of een kanaal.
refused-bot = ❌ Bots kunnen dit niet.
refused-bad-handle = ❌ ‘{ $text }’ is geen gebruikersnaam. Waar bij het typen van @ namen worden aangeboden, kies er daar een van.
refused-no-rooms = ❌ Het paneel leidt naar eigen ruimtes, en die hebben incidenten van deze groep niet.
refused-bad-number = ❌ ‘{ $text }’ is geen incidentnummer.
refused-try-again = ⚠️ Dat lukte even niet. Probeer het opnieuw.
refused-company-exists = ❌ Er is al een bedrijf dat “{ $name }” heet. { $usage } toont ze allemaal.
refused-no-such-company = ❌ Er is geen bedrijf dat “{ $name }” heet. { $usage } toont ze allemaal.
refused-several-companies = ❌ Er zijn meer bedrijven die “{ $name }” heten. Noem er een met zijn id: { $ids }
refused-group-taken = ❌ Deze groep hoort al bij een bedrijf.
link-code = 🔗 Een beheerder van de andere chat typt daar binnen 10 minuten het commando link met deze code: { $code }
link-me-code = 🔗 Typ binnen 10 minuten met je andere account het commando link_me met deze code: { $code } Laat hem aan niemand zien: wie hem gebruikt, ben jij.
link-code-sent = 🔗 Ik heb je een code gestuurd die alleen jij ziet. Is hij niet aangekomen, schrijf me dan eerst in een chat onder vier ogen en vraag opnieuw.
link-bad-code = ❌ Die code is er niet. Misschien is hij al gebruikt of ouder dan 10 minuten; vraag een nieuwe.
link-chat-taken = ❌ Deze chat is al een groep. Alleen een chat die dat niet is kan met een groep worden gekoppeld.
link-too-many = ❌ Deze groep leeft al in zoveel chats als mag.
link-in-rooms = ❌ Elk incident van deze groep heeft een eigen kanaal, alleen voor wie erbij betrokken is. Een gekoppelde chat zou niets kunnen tonen.
link-not-linked = ❌ Deze groep leeft alleen in deze chat.
link-me-done = ✅ Dit account is vanaf nu van { $person }: rollen, wat iemand behandelt en vermeldingen zijn van één persoon. Klopt dat niet, typ dan link_me off.
link-me-parted = ✅ Dit account staat weer op zichzelf. De rollen blijven bij het andere.
link-me-alone = ❌ Dit account is met geen ander gekoppeld.
link-me-same = ✅ Dit account was al van jou.
link-me-busy = ❌ Met dit account heb je te maken met { $number }, dat nog niet voorbij is. Rond het af of draag het over, en vraag dan een nieuwe code.
refused-no-such-team = ❌ Er is geen team met het nummer “{ $name }”. { $usage } toont ze allemaal.
refused-team-exists = ❌ Er is al een team dat “{ $name }” heet. { $usage } toont ze allemaal.
person-unknown = iemand
people-and-more = { $people } en nog { $count }

# Commands about incidents.
command-open = zien wat openstaat, het dringendste eerst
command-mine = zien wat jij hebt opgepakt
command-history = zien wat er met een incident gebeurde; met paginanummer: wat eerder was
command-files = de bestanden van een incident zien en opnieuw sturen
command-pin = de kaart van een incident opnieuw tonen en vastzetten
command-assign = iemand vragen een incident op te pakken
command-reassign = een incident van de een overnemen en een ander vragen
command-revoke = iemand een incident afnemen (managers, beheerders)
command-hold = de klok stilzetten terwijl het op iemand of iets wacht
command-resume = de klok weer laten lopen
command-cancel = een melding intrekken die niemand heeft opgepakt
command-reopen = een incident heropenen
command-duplicate = een incident sluiten omdat het een ander herhaalt (managers)
command-override = de toestand zetten (beheerders; alleen tickets)
command-priority = zeggen hoe dringend een incident is
command-tag = een label op een incident zetten, om het bij andere te voegen
command-untag = zo’n label weghalen
command-edit = de omschrijving verbeteren; de oude blijft in de geschiedenis
command-note = een notitie toevoegen die de geschiedenis toont
command-note-internal = een notitie waarvan de tekst alleen in exports staat
arguments-page = pagina
arguments-reason = reden
arguments-state = open | resolved | closed
arguments-hold = reporter | external
arguments-original = of TKT-2026-0007
arguments-priority = low | normal | high | urgent
arguments-tag = label
arguments-text = tekst
help-follow = Meldingen
help-work = Werk
help-content = Inhoud
help-group = Deze groep
help-installation = Beheerders van deze installatie
help-number = Noem het incident met zijn nummer, zoals TKT-2026-0042 of 42, of stuur het commando als antwoord op een bericht erover. Een foto of bestand voeg je toe door ermee op de kaart te antwoorden.

# Confirmations.
done-reopen = { $number } is weer open.
done-cancel = { $number } is geannuleerd.
done-hold = { $number } is gepauzeerd. { $status }.
done-resume = { $number } gaat verder.
done-priority = { $number } heeft de prioriteit { $priority }.
done-tags = { $number } heeft de labels { $tags }.
done-untagged = { $number } heeft geen labels.
done-edit = De omschrijving van { $number } is verbeterd.
done-note = Genoteerd bij { $number }.
done-pin = De kaart van { $number } staat er weer, vastgezet als ik dat hier mag.
done-pin-over = { $number } is afgelopen: de kaart staat er weer en wordt niet vastgezet.
done-assign = Gevraagd. { $number } is van die persoon na het oppakken.
done-revoke = Die persoon heeft { $number } niet meer.
done-duplicate = { $number } is gesloten als dubbele melding.
done-override = { $number }: { $status }.
done-attached = 📎 Toegevoegd aan { $number }.
refused-unseen = ❌ Ik heb { $text } nog niet in deze groep gezien. Die moet hier eerst iets schrijven of indrukken.

# Lists.
list-empty = Hier staat niets open.
list-empty-mine = Jij hebt hier niets opgepakt.
list-line = { $number } · { $status } — { $text }
list-line-priority = ❗ { $number } · { $priority } · { $status } — { $text }
list-more = … en nog { $count }.
files-none = { $number } heeft geen bestanden.
files-intro = Bestanden van { $number }, hieronder opnieuw gestuurd:
files-there = Bestanden van { $number }, die in het kanaal ervan staan:
files-line = { $at } · { $person } · { $text }
files-size = { $text }, { $count } kB
files-more = … en { $count } hiervoor.

# Histories: who did it stands before each.
history-intro = { $number }: { $status } · { $zone }
history-line = { $at } { $person }: { $what }
history-earlier = Er is meer, van eerder: { $usage }
history-desk = het systeem
history-assistant = de assistent
history-created = meldde: { $text }
history-routed = gaf het aan het team { $team }
history-routed-desk = gaf het aan iedereen
history-triaged = beoordeelde het
history-triage-failed = kon het niet beoordelen: { $text }
history-answered = antwoordde: { $text }
history-claimed = pakte het op
history-joined = ging meehelpen
history-left = liet het los
history-unassigned = niemand heeft het nu
history-assigned = vroeg { $person } het op te pakken
history-reassigned = nam het over van { $person }
history-revoked = nam het { $person } af: { $text }
history-escalated = escaleerde het naar niveau { $level }
history-deescalated = gaf het terug aan niveau { $level }
history-transferred = gaf het door aan het team { $team }
history-held = zette het stil: { $reason }
history-resumed = liet het verdergaan
history-promised = beloofde een samenvatting
history-withdrawn = ging weer aan het werk
history-summary-missing = de samenvatting kwam niet op tijd
history-resolved = loste het op: { $text }
history-resolved-silently = loste het op
history-amended = verbeterde de samenvatting: { $text }
history-closed = { $reason }
history-closed-note = { $reason }: { $text }
history-reopened = heropende het: { $text }
history-touched = zei dat het nog speelt
history-replied = schreef: { $text }
history-warned = vroeg of het nog speelt
history-reminded = herinnerde iedereen, herinnering { $count }
history-breached = een beloofde tijd is niet gehaald
history-called = belde { $person }
history-call-delivered = de oproep bereikte { $person }
history-call-failed = de oproep bereikte { $person } niet
history-call-confirmed = { $person } pakte het op via de telefoon
history-exhausted = iedereen met dienst is vergeefs gebeld
history-priority = zette de prioriteit op { $priority }
history-severity = zette de ernst op { $count }
history-tagged = voegde het label { $text } toe
history-untagged = haalde het label { $text } weg
history-edited = verbeterde de omschrijving: { $text }
history-note = noteerde: { $text }
history-note-internal = voegde een interne notitie toe
history-file = voegde een bestand toe: { $text }
history-overridden = zette de toestand op { $status }: { $text }
history-card-repaired = liet de kaart opnieuw tekenen
history-archived = haalde de kaart weg
history-chat-moved = de chat heeft een ander adres
history-chat-lost = de chat is weg
history-erased = wiste wat iemand schreef
log-created = meldde het
log-answered = antwoordde
log-revoked = nam het { $person } af
log-amended = verbeterde de samenvatting
log-reopened = heropende het
log-edited = verbeterde de omschrijving
log-overridden = zette de toestand op { $status }
log-archived = archiveerde het

# Instellingen van een groep.
settings-intro = Instellingen van deze groep. Een beheerder wijzigt er een met de naam en een waarde: { $command_settings } timezone Europe/Amsterdam. De waarde “default” laat het weer aan de installatie over; { $command_settings } history vertelt wie wat wijzigde, { $command_settings } undo draait de laatste wijziging terug.
settings-line = { $name }: { $value }
settings-line-default = { $name }: { $value } (hier niet ingesteld)
settings-by = Laatst gewijzigd door { $person }, { $at }.
settings-allowed = Toegestaan: { $allowed }.
settings-default = default
settings-default-language = ieders eigen taal
settings-changed = ✅ { $name } is nu { $value }. Het was { $before }.
settings-undone = ↩️ { $name } is weer { $value }. Het was { $before }.
settings-nothing = ❌ Er is geen wijziging om terug te draaien.
settings-unknown = ❌ Er is geen instelling “{ $text }”. Er zijn: { $names }.
settings-refused = ❌ { $name } kan niet “{ $text }” zijn. Toegestaan: { $allowed }.
settings-history = { $at } { $person }: { $name } van { $before } naar { $value }
settings-history-undone = { $at } { $person }: { $name } terug van { $before } naar { $value }
settings-history-none = Nog niemand heeft een instelling van deze groep gewijzigd.
settings-history-more = … en { $count } daarvoor.
allowed-language = en, es, nl, ru of default
allowed-timezone = een naam uit de IANA-database zoals Europe/Amsterdam of America/New_York, of default
allowed-week-start = monday, sunday, saturday of default
allowed-wait = 1s tot 30d, geschreven als 90s, 10m, 2h of 1h30m, of default
allowed-reports = een heel getal van 1 tot 1000, of off, of default
allowed-emoji = één emoji, of default
allowed-words = 1 tot 32 tekens op één regel, zonder accolades, of default
settings-words = Woorden op kaarten en knoppen: { $command_settings } words.
settings-words-intro = Woorden op kaarten en knoppen van deze groep. Een beheerder kiest andere bij naam: { $command_settings } button_claim Neem ik. De waarde “default” brengt de gewone terug.
# Rapporten: de pagina en haar tabellen.
report-about = { $days }, tijdzone { $zone }; stand van { $at }.
report-days-span = { $first } tot en met { $last }
report-nothing = Niets.
report-incidents = Incidenten
report-share = Aandeel
report-totals = In totaal
report-totals-note = Elk cijfer gaat over de incidenten die op deze dagen zijn gemeld, zonder ingetrokken meldingen en duplicaten; elk aandeel is een deel van het geheel.
report-reported = Gemeld
report-claimed = Opgepakt
report-escalated = Een hoger niveau gevraagd
report-resolved = Opgelost
report-resolved-first = Op het eerste niveau opgelost
report-live = Nog niet voorbij
report-given-up = Gesloten omdat niemand antwoordde
report-reopened = Heropend
report-shared = Door meerdere mensen gedragen
report-left-out = Niet meegeteld: ingetrokken of dubbel
report-times = Hoe lang het duurde
report-times-note = Van die waarbij het gebeurde; bij heropende incidenten sindsdien. u:mm:ss.
report-until-claimed = Van melding tot eerste claim (MTTA)
report-until-escalation-claimed = Van escalatie tot claim hogerop
report-until-resolved = Van melding tot oplossing (MTTR)
report-until-resolved-unheld = Hetzelfde zonder wachttijd
report-mean = Gemiddeld
report-longest = Langste
report-promises = Op tijd
report-promises-note = Wat nooit gebeurde, telt als te laat zodra de tijd om is. Geen van beide: de tijd loopt nog, of het werd nooit gevraagd.
report-claimed-above = Hogerop opgepakt na escalatie
report-within = Binnen
report-in-time = Op tijd
report-share-in-time = Aandeel op tijd
report-late = Te laat
report-share-late = Aandeel te laat
report-neither = Geen van beide
report-days = Dag voor dag
report-days-note = Naar de dag van de melding.
report-resolved-since = Sindsdien opgelost
report-share-of-day = Aandeel van de dag
report-hours = Uren en weekdagen
report-hours-note = Wanneer ze werden gemeld.
report-monday = maandag
report-tuesday = dinsdag
report-wednesday = woensdag
report-thursday = donderdag
report-friday = vrijdag
report-saturday = zaterdag
report-sunday = zondag
report-states = Hoe ze ervoor staan
report-states-note = Nu, niet toen.
report-state-triage = nog geen team
report-state-open = open
report-state-acknowledged = opgepakt
report-state-on-hold = in de wacht
report-state-pending-summary = wacht op samenvatting
report-state-resolved = opgelost
report-state-closed = gesloten
report-closed-as = gesloten: { $reason }
report-closed-confirmed = bevestigd
report-closed-cancelled = ingetrokken
report-closed-no-summary = geen samenvatting
report-closed-idle = geen activiteit
report-closed-admin = door een manager
report-closed-answered = beantwoord
report-closed-duplicate = duplicaat
report-people = Mensen
report-people-note = Wie het meest oploste, ten hoogste vijftig mensen. Actief: de tijd dat ze incidenten droegen, elk apart geteld.
report-claims = Claims
report-assisted = Geholpen
report-given-back = Teruggegeven
report-passed-on = Doorgegeven
report-closed-under = Onder hen gesloten
report-active = Actief
report-teams = Teams
report-teams-note = Naar het team waar ze uiteindelijk kwamen, en sinds ze daar kwamen.
report-no-team = Geen team
report-mean-to-claim = Gemiddeld tot claim
report-most-to-claim = p90 tot claim
report-mean-to-resolve = Gemiddeld tot oplossing
report-most-to-resolve = p90 tot oplossing
report-groups = Groepen
report-groups-note = Waar ze werden gemeld.
report-waiting = Wachtend
report-waiting-note = De oudste van de lopende incidenten, ten hoogste vijftig.
report-state = Status
report-age = Ouderdom
report-change = Vergeleken met de dagen ervoor
report-change-note = Ervoor: { $days }. Beide zoals ze er nu voor staan; dagen die nog niet voorbij zijn, worden vergeleken met dagen die dat wel zijn.
report-these-days = Deze dagen
report-days-before = Ervoor
report-difference = Verschil
report-median-claimed = Mediaan tot eerste claim
report-median-resolved = Mediaan tot oplossing
report-claimed-in-time = Op tijd opgepakt
report-resolved-in-time = Op tijd opgelost
report-escalations = De weg van escalaties
report-escalations-note = Van de melding tot het antwoord van een hoger niveau, sinds het incident voor het laatst werd geopend.
report-waiting-above = Wachten op een claim hogerop
report-resolved-escalated = Opgelost na escalatie
report-dispatchers = Escalaties per persoon
report-dispatchers-note = Wie incidenten op het eerste niveau droeg toen een hoger werd gevraagd, ten hoogste vijftig mensen. Het aandeel is van hun eigen claims daar.
report-first-claims = Claims op het eerste niveau
report-share-of-claims = Aandeel van deze claims
report-resolution = Oplossing met en zonder escalatie
report-resolution-note = Van de melding tot de oplossing; of het op tijd was, staat er waar een termijn is beloofd.
report-with-escalation = Met escalatie
report-without-escalation = Zonder escalatie
report-ageing = Ouderdom van wat nog loopt
report-ageing-note = Sinds de melding, zoals het er nu voor staat.
report-age-hour = Minder dan 1 uur
report-age-hours = 1 tot 4 uur
report-age-day = 4 tot 24 uur
report-age-days = 1 tot 3 dagen
report-age-week = 3 tot 7 dagen
report-age-older = 7 dagen en meer
report-unclaimed = Door niemand gedragen
report-holders = Hoeveel mensen er één droegen
report-holders-note = Na elkaar of samen, op welk moment ook.
report-held-by-none = Niemand
report-held-by-one = Eén persoon
report-held-by-two = Twee mensen
report-held-by-more = Drie of meer
report-group-reporters = Mensen die meldden
report-reporters = Wie meldt
report-reporters-note = Wie het meest meldde, ten hoogste vijftig mensen.
report-last-report = Laatste melding
report-tags = Labels
report-tags-note = De labels van de meeste incidenten, ten hoogste vijftig. Een incident met meerdere hoort bij elk.
report-untagged = Zonder label
command-report = stuurt de cijfers van een dag, week of maand als bestanden
arguments-period = day|week|month
arguments-date = datum
report-caption = 📊 Rapport: { $title }, { $days }
report-caption-table = 🔢 Hetzelfde als tabel: { $title }, { $days }
files-caption = 📎 { $number }: { $text }
files-gone = 📎 { $number }: het bestand { $text } is er niet meer.
files-left = 📎 { $number }: ik kan het bestand { $text } hier niet bewaren, het is te groot. Daarom blijft de ruimte staan: wie hier beheert vindt het bestand daar en kan de ruimte daarna weghalen.

# Groepen die wachten tot ze worden toegelaten.
admission-asked = 👋 Antwoord op dit bericht met de naam van je bedrijf, zodat de beheerders van deze installatie deze groep kunnen toelaten. Een beheerder van de groep moet dat doen.
admission-requested = ✅ Dank je! Ik heb de beheerders van deze installatie gevraagd deze groep toe te laten tot “{ $name }”. Ik zeg het hier zodra ze hebben beslist.
admission-known = Precies dat heb ik al gevraagd. Wacht alsjeblieft tot ze hebben beslist.
admission-refused = ❌ Die naam hebben ze geweigerd. Ik vraag alleen naar een andere.
admission-limited = ⏳ Ik heb vandaag vaak genoeg naar deze groep gevraagd. Probeer het over { $hours ->
    [one] { $hours } uur
   *[other] { $hours } uur
} opnieuw.
admission-admitted = ✅ Deze groep is toegelaten: ze hoort bij { $name }. Een beheerder van de groep kan nu met { $usage } de managers aanwijzen. Wat iemand hier eerder meldde, staat nog in de chat: een antwoord daarop met { $command_new_issue } legt het vast.
admission-denied = ❌ De beheerders van deze installatie hebben deze groep niet toegelaten. Was de naam van het bedrijf verkeerd, antwoord dan op mijn vraag met de juiste.
admission-consult = 🚨 De groep “{ $group }” vraagt om toelating. Ze zegt bij “{ $name }” te horen; dat zegt { $person }.
admission-others = Voor elk ander bedrijf: schrijf { $usage } in die groep.
button-admit-into = ✅ Bij { $name }
button-admit-alone = ➕ Nieuw bedrijf { $name }
button-deny = ❌ Weigeren
done-admitted = ✅ Toegelaten tot { $name }. De groep hoort het.
done-denied = Geweigerd. De groep hoort het.
refused-decided = ❌ Dat was al beslist.

# Roles in a whole company.
company-managers = Managers in alle groepen van { $name }: { $people }
company-responders = Dispatchers in alle groepen van { $name }: { $people }
