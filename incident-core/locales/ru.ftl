# Russian. The keys are those of en.ftl, in the same order; people are addressed as вы, and nobody's gender is guessed.

# Cards: the first line, by situation.
card-triage = 🚨 НОВЫЙ ИНЦИДЕНТ: { $number }
card-open = 🚨 НОВЫЙ ИНЦИДЕНТ: { $number }
card-acknowledged = 🛠️ В РАБОТЕ: { $number }
card-escalated = 🆘 ПЕРЕДАНО ВЫШЕ: { $number }
card-on-hold = ⏸️ НА ПАУЗЕ: { $number }
card-pending-summary = ⌛ НУЖЕН ИТОГ: { $number }
card-resolved = ✅ РЕШЕНО: { $number }
card-closed = 🔒 ЗАКРЫТО: { $number }

# Cards: what follows.
card-reporter = От кого: { $person }
card-issue = Проблема: { $text }
card-attachments = Вложения: { $count }
card-team = Команда: { $team }
card-status = Статус: { $status }
card-handled-by = Занимаются: { $people }
card-asked = Просили взять: { $person }
card-also = Также участвуют: { $people }
card-waiting-for-summary = Ждём итог в ответе: { $person }
card-resolved-by = Кем решено: { $person }
card-summary = Итог: { $text }
card-priority = Приоритет: { $priority }
card-tags = Метки: { $tags }
nobody = (никто)

# Statuses.
status-triage = 🗂️ Выберите команду
status-open = 🔥 НИКЕМ НЕ ВЗЯТ
status-acknowledged = Взят в работу
status-escalated = 🔥 Ждёт менеджера
status-escalated-claimed = В работе у менеджера
status-on-hold-reporter = Ждём ответа от автора
status-on-hold-external = Ждём посторонних
status-on-hold-answered = Дан автоматический ответ, ждём, помог ли он автору
status-pending-summary = Сделано, нужен итог
status-resolved = Решён
status-closed-confirmed = Закрыт с подтверждением
status-closed-cancelled = Отменён
status-closed-no-summary = Закрыт без итога
status-closed-idle = Закрыт: давно без движения
status-closed-admin = Закрыт администратором
status-closed-answered = Закрыт: хватило автоматического ответа
status-closed-duplicate = Закрыт как повтор

priority-low = низкий
priority-normal = обычный
priority-high = высокий
priority-urgent = срочный

# Buttons.
button-claim = ✅ Взять
button-claim-escalation = 🛡️ Взять на себя
button-join = ➕ Подключиться
button-release = ❌ Снять с себя
button-escalate = ⬆️ Передать выше
button-deescalate = ⬇️ На уровень { $level }
button-resolve = 🏁 Решено
button-cancel-resolve = ↩️ Вернуть в работу
button-resume = ▶️ Продолжить
button-confirm = 👍 Помогло
button-keep-open = 🔄 Не закрывать
button-close = 🔒 Закрыть
button-hold = ⏳ Ждать автора
button-archive = 🗄 В архив
button-report = 📨 Сообщить
button-reopen = 🔄 Открыть снова
button-transfer = 🔀 Передать
button-back = ⬅️ Назад
button-assign = 👤 Назначить
button-comment = 💬 Заметка
choose-team = Какой команде передать { $number }?
choose-assignee = Кто возьмёт { $number }?
choose-successor = Кто возьмёт { $number } вместо текущего исполнителя?
form-summary = Что сделано?
form-reason = Почему открыть заново?
form-report = Сообщить об инциденте
form-what = Что случилось?
form-priority = Приоритет
form-team = Команда
form-send = Отправить
form-channel = Канал
form-person = Кто должен взяться?
form-comment = Заметка
form-shown = Где виден текст
form-shown-in-history = В истории
form-shown-in-exports = Только в выгрузках
done-transfer = { $number } передан другой команде.

# Notices: sent once.
notice-summon = 🔔 { $number } требует внимания.
notice-summon-escalated = 🔔 { $number } требует внимания менеджера.
notice-summon-person = 🔔 { $number }: вас просят этим заняться.
notice-unclaimed = 🔔 { $number }: уже { $minutes ->
    [one] { $minutes } минуту
    [few] { $minutes } минуты
    [many] { $minutes } минут
   *[other] { $minutes } минуты
} никто не берётся. Посмотрите, пожалуйста.
notice-unclaimed-escalated = 🔔 { $number } ждёт менеджера уже { $minutes ->
    [one] { $minutes } минуту
    [few] { $minutes } минуты
    [many] { $minutes } минут
   *[other] { $minutes } минуты
}.
notice-unrouted = 🔔 { $number } ждёт выбора команды уже { $minutes ->
    [one] { $minutes } минуту
    [few] { $minutes } минуты
    [many] { $minutes } минут
   *[other] { $minutes } минуты
}.
notice-ask-summary = { $person }, ответьте на это сообщение и подведите итог по { $number }: что сделано, в чём была причина, что ещё осталось.
notice-ask-summary-again = { $person }, итога по { $number } всё ещё нет. Пришлите его, пожалуйста, ответом на это сообщение.
notice-template = Расскажите, пожалуйста:
notice-resolved = ✅ { $number }: всё решено!
notice-closed = 🔒 { $number }: { $reason }.
notice-summary-missing = ⌛ { $number }: итога так и не было, работа продолжается.
notice-breached = ⏰ { $number }: обещанный срок прошёл.
notice-exhausted = 🚨 { $number }: обзвонили всех дежурных, никто не ответил.
notice-reporter-wrote = 💬 { $number }: автор написал ещё.
notice-still-needed = ⏳ { $person }, вопрос { $number } ещё актуален?
notice-claim-ended = ⚠️ { $number }: { $person } больше этим не занимается.
pager-callout = { $number } ждёт вас: { $text }

# Announcements about the group itself.
announce-managers = ✅ Менеджеры этой группы: { $people }. Кто ещё ничего здесь не писал и не нажимал, попадёт в список, как только это сделает.
announce-granted-reporter = ✅ { $person } теперь в списке водителей и может сообщать об инцидентах: { $command_new_issue }.
announce-granted-responder = ✅ { $person } теперь диспетчер в этой группе.
announce-granted-responder-handle = ✅ { $person } будет диспетчером в этой группе: роль закреплена за этим именем и перейдёт к его владельцу, как только тот что-нибудь здесь напишет или нажмёт.
announce-granted-manager = ✅ { $person } теперь менеджер в этой группе.
announce-granted-other = ✅ { $person }: новая роль в этой группе.
announce-revoked-responder = ✅ { $person } больше не диспетчер в этой группе.
announce-revoked-other = ✅ { $person }: одной ролью в этой группе меньше.
announce-not-held = ⚠️ { $person }: такой роли в этой группе и не было, ничего не изменилось.
announce-right-pin = ⚠️ Я не могу закреплять сообщения в этой группе. Инциденты работают и так; чтобы их карточки закреплялись, сделайте меня администратором с правом закреплять сообщения.
announce-right-write = ⚠️ Мне нельзя писать в этой группе.
announce-right-room = ⚠️ Я не могу открывать здесь комнаты для инцидентов. Они всё равно записаны и получат комнаты, как только я смогу: дайте мне права управлять каналами и ролями и проверьте настройку room_category.
announce-right-log = ⚠️ Я не могу занести в журнал то, что должно там быть. Это подождёт, и комнаты, которые пора убрать, до тех пор остаются. Выберите канал этого сервера, в котором я могу писать и отправлять файлы, и позвольте мне читать, что пишут люди: { $command_settings } log_channel.
announce-panel = 📨 Нажмите кнопку, чтобы сообщить о чём-нибудь. Вы получите отдельную комнату, где вас видят только те, кто помогает.
announce-language = ✅ Теперь в этой группе всё будет по-русски.
announce-linked = 🔗 Связано с чатом { $title } ({ $platform }): теперь инциденты живут в обоих чатах. Кто администрирует один из них, администрирует группу.
announce-unlinked = 🔗 Больше не связано с чатом { $title } ({ $platform }).

# Answers to presses.
done-claim = Вы взяли { $number }.
done-join = Вы подключились к { $number }.
done-release = Вы больше не занимаетесь { $number }.
done-escalate = { $number }: передано выше.
done-deescalate = { $number }: передано обратно.
done-resolve = Ответьте на вопрос и подведите итог по { $number }.
done-cancel-resolve = { $number } снова в работе.
done-summary = { $number }: решено. Спасибо!
done-other = Готово: { $number }.
done-roster = Готово.
transcript-title = { $number }, часть { $part }
transcript-about = Всё время указано по { $zone }.
done-archive = 🗄 Сказанное сохраняется в журнале, затем комната исчезает.
done-housed = 📨 { $number } записан. Продолжайте здесь: { $room }

# Teams, companies and their groups.
teams-none = Команд пока нет.
rota-none = Ни у кого нет расписания: всех упоминают в любое время.
rota-intro = Дежурства по часам { $zone }:
rota-line = { $mark } { $person } · { $week }
rota-line-team = { $mark } { $person } · { $team } · { $week }
notice-shift = 🔔 Ваша смена начинается. Ждёт, пока возьмут:
notice-shift-team = 🔔 Смена команды { $team } начинается. Ждёт, пока возьмут:
notice-shift-line = { $number } · { $minutes } мин — { $text }
notice-nobody-on-shift = Сейчас из команды никто не дежурит, поэтому сообщаем менеджерам.
refused-no-teams = ❌ Пока нет команды, которая могла бы это взять. Администратор группы создаёт её: { $usage }
allowed-team = номер команды, как его показывает { $command_teams }, или default
allowed-category = id категории, в которой открываются комнаты инцидентов, или default
allowed-channel = канал, упоминанием или по id, который хранит сказанное в комнатах; или default
allowed-idle-warning = число дней от 1 до 30, меньше auto_close_days; или default
allowed-auto-close = число дней от 2 до 90, больше idle_warning_days; или default
allowed-template = от 3 до 500 символов или default
arguments-week = mon-fri 07:00-19:00 | off
teams-line = { $team }. { $name }: { $people }
teams-line-restricted = { $team }. { $name } (только для участников команд): { $people }
tenants-none = Компаний пока нет.
tenants-company = { $name }
tenants-group = ✅ { $name }
tenants-group-pending = ⏳ { $name }: ждёт одобрения
tenants-group-suspended = ⏸ { $name }: меня там больше нет
done-company = ✅ Компания «{ $name }» создана. Напишите { $usage } в каждой её группе.
done-group = ✅ Теперь эта группа относится к компании { $name }. Администратор группы может назначить руководителей: { $usage }.
done-group-suspended = ⏸ Эта группа остановлена. Здесь нельзя ничего сообщить или взять в работу, пока её снова не включат.
done-group-activated = ✅ Эта группа работает.

# Answers to commands.
help-intro = Я превращаю сообщения о проблемах в инциденты: у каждого своя закреплённая карточка, его берут кнопкой, при нужде передают менеджерам и закрывают с итогом.
help-command = { $usage } — { $what }
help-outro = В новой группе администратор сначала назначает менеджеров: { $usage }.
usage = Пишется так: { $usage }
status-line = { $number }: { $status }
status-reported = Сообщение от { $at } { $zone }, автор: { $person }.
welcome-total = { $count ->
    [one] До сих пор в этой группе был { $count } инцидент.
    [few] До сих пор в этой группе было { $count } инцидента.
    [many] До сих пор в этой группе было { $count } инцидентов.
   *[other] До сих пор в этой группе было { $count } инцидента.
}
stats-day = 📊 Сегодня ({ $zone }): поступило { $reported }, решено { $resolved }, в работе { $open }.
stats-week = За эту неделю: поступило { $reported }, решено { $resolved }, в работе { $open }.
stats-month = За этот месяц: поступило { $reported }, решено { $resolved }, в работе { $open }.
stats-claimed = До взятия в работу, за этот месяц: в среднем { $mean }, девять из десяти — за { $most }.
stats-resolved = До решения, за этот месяц: в среднем { $mean }, девять из десяти — за { $most }.

command-start = что я умею и с чего начать
command-help = список команд
command-configure-managers = назначить менеджеров этой группы (для администраторов)
command-add-dispatcher = назначить диспетчера (для администраторов)
command-remove-dispatcher = снять диспетчера (для администраторов)
command-register-driver = записаться водителем
command-new-issue = сообщить об инциденте; можно ответом на сообщение, где он описан
command-status = что с инцидентом
command-add-team = создать команду, которую может выбрать любой (администраторы)
command-add-restricted-team = создать команду, которую могут выбрать только участники команд (администраторы)
command-teams = команды, их номера и участники
command-schedule = кто когда дежурит: показать или задать
command-add-team-member = добавить людей в команду (администраторы)
command-remove-team-member = убрать людей из команды (администраторы)
command-add-company = создать компанию
command-add-group = отнести эту группу к компании
command-link = вести группу ещё и в другом чате; администраторы
command-unlink = больше не вести там; администраторы
command-link-me = быть собой и с другого аккаунта
command-list-groups = все компании и их группы
command-suspend-group = остановить эту группу
command-activate-group = снова разрешить этой группе работать
command-language = выбрать язык этой группы (для администраторов)
command-settings = настройки этой группы и кто их менял; администраторы меняют их или отменяют изменение
command-panel = показать кнопку для сообщений (администраторы)
command-stats = показатели этой группы (для диспетчеров, менеджеров и администраторов)

arguments-people = @имя1 @имя2 …
arguments-person = @имя
arguments-description = описание
arguments-number = TKT-2026-0042
arguments-team = название
arguments-team-number = номер команды
arguments-company = название компании
arguments-language = en|es|nl|ru
arguments-setting = имя | history | undo
arguments-value = значение
arguments-code = код

# Refusals.
refused-not-authorized = ❌ У вас нет на это прав.
refused-not-authorized-claim = ❌ Вы не можете это взять. Попросите администратора назначить вас диспетчером.
refused-not-authorized-claim-escalation = ❌ Вы не можете взять то, что передано выше. Попросите администратора назначить вас менеджером.
refused-not-authorized-admin = ❌ Это могут только администраторы группы.
refused-not-authorized-platform = ❌ Это могут делать только администраторы этой установки.
refused-not-authorized-summary = ❌ Итог ждут не от вас.
refused-only-holder = ❌ Это могут только тот, кто этим занимается, и менеджеры.
refused-only-managers = ❌ Это могут только менеджеры и администраторы группы.
refused-only-workers = ❌ Это могут только те, кто вправе это взять, и менеджеры.
refused-only-reporter = ❌ Это могут только тот, кто об этом сообщил, и менеджеры.
refused-only-involved = ❌ Это могут только тот, кто об этом сообщил, те, кто вправе это взять, и менеджеры.
refused-only-staff = ❌ Это могут только диспетчеры, менеджеры и администраторы группы.
refused-override = ❌ Это могут только администраторы группы, и только там, где это разрешено правилами работы.
refused-wrong-state = ❌ Сейчас так нельзя. { $number }: { $status }.
refused-already-acknowledged = Увы, { $number } уже в работе: { $person }.
refused-already-assignee = Вы уже занимаетесь { $number }.
refused-held = ❌ { $number } уже у { $person }. Передать можно так: { $usage }
refused-not-assignee = ❌ Вы не занимаетесь { $number }.
refused-not-eligible = ❌ Этот человек не может взять { $number }.
refused-closing-out = ⌛ { $number }: ждём итог, его пишет { $person }.
refused-too-short = ❌ Слишком коротко: нужно хотя бы { $count ->
    [one] { $count } символ
    [few] { $count } символа
    [many] { $count } символов
   *[other] { $count } символа
}.
refused-too-long = ❌ Слишком длинно: можно не больше { $count ->
    [one] { $count } символа
    [few] { $count } символов
    [many] { $count } символов
   *[other] { $count } символа
}.
refused-no-summary = ❌ Нужен итог.
refused-no-change = ❌ Ничего не изменится.
refused-no-such-level = ❌ Такого уровня нет.
refused-unreachable = ❌ Здесь так нельзя.
refused-too-many = ❌ Слишком много.
refused-rate-limited = ⏳ Слишком много сообщений подряд. Попробуйте снова через { $seconds ->
    [one] { $seconds } секунду
    [few] { $seconds } секунды
    [many] { $seconds } секунд
   *[other] { $seconds } секунды
}.
refused-rate-limited-minutes = ⏳ Слишком много сообщений за час. Попробуйте снова через { $minutes ->
    [one] { $minutes } минуту
    [few] { $minutes } минуты
    [many] { $minutes } минут
   *[other] { $minutes } минуты
}.
refused-unknown = ❌ Такого инцидента здесь нет.
refused-unknown-button = ❌ Эта кнопка не действует.
refused-inactive = ❌ Эта группа ещё не настроена. Администратор группы может сделать это так: { $usage }.
refused-approval = ❌ Эта группа ещё не одобрена. Попросите администратора сервиса написать здесь { $usage }.
refused-suspended = ❌ Работа в этой группе остановлена: мне сообщили, что меня в ней больше нет. Удалите меня и добавьте снова, и всё пойдёт дальше с того же места.
refused-stale = Карточка тем временем изменилась. { $number }: { $status }.
refused-too-late = ❌ Уже поздно.
refused-only-in-groups = ❌ Эта команда работает только в группах.
refused-anonymous = ❌ Я не вижу, кто вы. Пишите от своего имени, а не от имени группы или канала.
refused-bot = ❌ Ботам так нельзя.
refused-bad-handle = ❌ «{ $text }» — это не имя пользователя. Где при вводе @ предлагаются имена, выберите одно из них.
refused-no-rooms = ❌ Панель ведёт в отдельные комнаты, а у инцидентов этой группы их нет.
refused-bad-number = ❌ «{ $text }» — это не номер инцидента.
refused-try-again = ⚠️ Сейчас не получилось. Попробуйте ещё раз.
refused-company-exists = ❌ Компания «{ $name }» уже есть. Все компании: { $usage }.
refused-no-such-company = ❌ Компании «{ $name }» нет. Все компании: { $usage }.
refused-several-companies = ❌ Компаний «{ $name }» несколько. Укажите одну по её номеру: { $ids }
refused-group-taken = ❌ Эта группа уже относится к компании.
link-code = 🔗 В течение 10 минут администратор другого чата вводит там команду link с этим кодом: { $code }
link-me-code = 🔗 В течение 10 минут введите с другого аккаунта команду link_me с этим кодом: { $code } Никому его не показывайте: кто его введёт, станет вами.
link-code-sent = 🔗 Код отправлен вам лично. Если он не пришёл, сначала напишите мне в личный чат и попросите снова.
link-bad-code = ❌ Такого кода нет. Возможно, он уже использован или старше 10 минут; попросите новый.
link-chat-taken = ❌ Этот чат уже группа. Связать с группой можно только чат, который ею не является.
link-too-many = ❌ Эта группа уже ведётся в стольких чатах, в скольких можно.
link-in-rooms = ❌ У каждого инцидента этой группы свой канал, только для тех, кого он касается. Связанному чату нечего было бы показывать.
link-not-linked = ❌ Эта группа ведётся только в этом чате.
link-me-done = ✅ Теперь этот аккаунт принадлежит { $person }: роли, заявки и упоминания — одного человека. Если это ошибка, введите link_me off.
link-me-parted = ✅ Этот аккаунт снова сам по себе. Роли остались у другого.
link-me-alone = ❌ Этот аккаунт ни с каким другим не связан.
link-me-same = ✅ Этот аккаунт уже был вашим.
link-me-busy = ❌ С этого аккаунта вы связаны с { $number }, который ещё не завершён. Завершите или передайте его, а потом попросите новый код.
refused-no-such-team = ❌ Команды с номером «{ $name }» нет. Все команды: { $usage }.
refused-team-exists = ❌ Команда «{ $name }» уже есть. Все команды: { $usage }.
person-unknown = кто-то
people-and-more = { $people } и ещё { $count }

# Commands about incidents.
command-open = что открыто в этой группе, самое срочное сверху
command-mine = что взяли вы в этой группе
command-history = что было с инцидентом; номер страницы покажет более раннее
command-files = показать файлы инцидента и прислать их снова
command-pin = снова показать и закрепить карточку инцидента
command-assign = попросить кого-то взять инцидент
command-reassign = забрать инцидент у одного и попросить другого
command-revoke = снять с инцидента того, кто его взял (менеджеры, администраторы)
command-hold = остановить часы, пока ждём автора или чего-то ещё
command-resume = снова запустить часы
command-cancel = отозвать сообщение, которое никто не взял
command-reopen = открыть инцидент снова
command-duplicate = закрыть инцидент как повтор другого (менеджеры)
command-override = задать состояние вопреки правилам (администраторы; только тикеты)
command-priority = указать, насколько срочен инцидент
command-tag = поставить метку, чтобы объединить с другими
command-untag = убрать такую метку
command-edit = исправить описание; старое останется в истории
command-note = добавить заметку, видную в истории
command-note-internal = добавить заметку, текст которой виден только в выгрузках
arguments-page = страница
arguments-reason = причина
arguments-state = open | resolved | closed
arguments-hold = reporter | external
arguments-original = of TKT-2026-0007
arguments-priority = low | normal | high | urgent
arguments-tag = метка
arguments-text = текст
help-follow = Сообщения
help-work = Работа
help-content = Содержание
help-group = Эта группа
help-installation = Администраторы этой установки
help-number = Назовите инцидент по номеру, как TKT-2026-0042 или 42, или ответьте командой на сообщение о нём. Чтобы добавить фото или файл, ответьте им на карточку.

# Confirmations.
done-reopen = { $number } снова открыт.
done-cancel = { $number } отменён.
done-hold = { $number } на паузе. { $status }.
done-resume = { $number } снова в работе.
done-priority = { $number }: приоритет { $priority }.
done-tags = { $number }: метки { $tags }.
done-untagged = { $number }: меток нет.
done-edit = Описание { $number } исправлено.
done-note = Записано в { $number }.
done-pin = Карточка { $number } показана снова и закреплена, если мне можно здесь закреплять.
done-pin-over = { $number } уже завершён: карточка показана снова и не закрепляется.
done-assign = Просьба отправлена. { $number } перейдёт к тому, кого просили, когда его возьмут.
done-revoke = Этот человек больше не занимается { $number }.
done-duplicate = { $number } закрыт как повтор.
done-override = { $number }: { $status }.
done-attached = 📎 Добавлено к { $number }.
refused-unseen = ❌ { $text } ещё ничего не писал и не нажимал в этой группе. Сначала нужно это.

# Lists.
list-empty = Здесь ничего не открыто.
list-empty-mine = Вы здесь ничего не взяли.
list-line = { $number } · { $status } — { $text }
list-line-priority = ❗ { $number } · { $priority } · { $status } — { $text }
list-more = … и ещё { $count }.
files-none = { $number }: файлов нет.
files-intro = Файлы { $number }, снова присланы ниже:
files-there = Файлы { $number }, они в его канале:
files-line = { $at } · { $person } · { $text }
files-size = { $text }, { $count } кБ
files-more = … и { $count } до этих.

# Histories: who did it stands before each.
history-intro = { $number }: { $status } · { $zone }
history-line = { $at } { $person }: { $what }
history-earlier = Есть и более раннее: { $usage }
history-desk = система
history-assistant = помощник
history-created = сообщение: { $text }
history-routed = передано команде { $team }
history-routed-desk = передано всем
history-triaged = оценка сделана
history-triage-failed = оценить не удалось: { $text }
history-answered = ответ: { $text }
history-claimed = взято в работу
history-joined = подключение к работе
history-left = уход из работы
history-unassigned = теперь никто этим не занят
history-assigned = просьба взять: { $person }
history-reassigned = забрано у { $person }
history-revoked = снято с { $person }: { $text }
history-escalated = передано на уровень { $level }
history-deescalated = возвращено на уровень { $level }
history-transferred = переведено команде { $team }
history-held = пауза: { $reason }
history-resumed = пауза окончена
history-promised = обещан итог
history-withdrawn = работа продолжена
history-summary-missing = итог не пришёл вовремя
history-resolved = решено: { $text }
history-resolved-silently = решено
history-amended = итог исправлен: { $text }
history-closed = { $reason }
history-closed-note = { $reason }: { $text }
history-reopened = открыто снова: { $text }
history-touched = всё ещё важно
history-replied = написано: { $text }
history-warned = вопрос, важно ли это ещё
history-reminded = напоминание всем, номер { $count }
history-breached = обещанный срок нарушен
history-called = звонок: { $person }
history-call-delivered = звонок дошёл: { $person }
history-call-failed = звонок не дошёл: { $person }
history-call-confirmed = { $person }: взято по телефону
history-exhausted = все дежурные не ответили
history-priority = приоритет: { $priority }
history-severity = тяжесть: { $count }
history-tagged = добавлена метка { $text }
history-untagged = убрана метка { $text }
history-edited = описание исправлено: { $text }
history-note = заметка: { $text }
history-note-internal = внутренняя заметка
history-file = файл: { $text }
history-overridden = новое состояние: { $status }: { $text }
history-card-repaired = карточка показана заново
history-archived = карточка убрана
history-chat-moved = у чата новый адрес
history-chat-lost = чата больше нет
history-erased = удалено написанное человеком
log-created = сообщение
log-answered = ответ
log-revoked = снято с { $person }
log-amended = итог исправлен
log-reopened = открыто снова
log-edited = описание исправлено
log-overridden = новое состояние: { $status }
log-archived = в архиве

# Настройки группы.
settings-intro = Настройки этой группы. Администратор меняет их именем и значением: { $command_settings } timezone Europe/Moscow. Значение «default» снова оставляет выбор установке; { $command_settings } history скажет, кто что менял, { $command_settings } undo отменит последнее изменение.
settings-line = { $name }: { $value }
settings-line-default = { $name }: { $value } (здесь не задано)
settings-by = Последнее изменение: { $person }, { $at }.
settings-allowed = Допустимо: { $allowed }.
settings-default = default
settings-default-language = у каждого свой
settings-changed = ✅ { $name }: теперь { $value }. Было { $before }.
settings-undone = ↩️ { $name }: снова { $value }. Было { $before }.
settings-nothing = ❌ Нет изменения, которое можно отменить.
settings-unknown = ❌ Настройки «{ $text }» нет. Есть: { $names }.
settings-refused = ❌ { $name } не может быть «{ $text }». Допустимо: { $allowed }.
settings-history = { $at } { $person }: { $name } с { $before } на { $value }
settings-history-undone = { $at } { $person }: { $name } обратно с { $before } на { $value }
settings-history-none = Настройки этой группы ещё никто не менял.
settings-history-more = … и ещё { $count } до этого.
allowed-language = en, es, nl, ru или default
allowed-timezone = имя из базы IANA, например Europe/Moscow или America/New_York, или default
allowed-week-start = monday, sunday, saturday или default
allowed-wait = от 1s до 30d, например 90s, 10m, 2h или 1h30m, или default
allowed-reports = целое число от 1 до 1000, off или default
allowed-emoji = один эмодзи или default
allowed-words = от 1 до 32 знаков в одной строке, без фигурных скобок, или default
settings-words = Слова на карточках и кнопках: { $command_settings } words.
settings-words-intro = Слова на карточках и кнопках этой группы. Администратор выбирает другие по имени: { $command_settings } button_claim Беру. Значение «default» возвращает обычные.
# Отчёты: страница и её таблицы.
report-about = { $days }, часовой пояс { $zone }; по состоянию на { $at }.
report-days-span = { $first } – { $last }
report-nothing = Ничего.
report-incidents = Инциденты
report-share = Доля
report-totals = Всего
report-totals-note = Все показатели относятся к инцидентам, о которых сообщили в эти дни, без отменённых и закрытых как дубликаты; каждая доля — часть от всех них.
report-reported = Поступило
report-claimed = Взято в работу
report-escalated = Передано на уровень выше
report-resolved = Решено
report-resolved-first = Решено на первом уровне
report-live = Ещё не завершено
report-given-up = Закрыто, потому что никто не ответил
report-reopened = Открыто снова
report-shared = Вели несколько человек
report-left-out = Не учтено: отменённые и дубликаты
report-times = Сколько времени заняло
report-times-note = По тем, где это произошло; если инцидент открыли снова — с того момента. ч:мм:сс.
report-until-claimed = От сообщения до первого взятия (MTTA)
report-until-escalation-claimed = От эскалации до взятия уровнем выше
report-until-resolved = От сообщения до решения (MTTR)
report-until-resolved-unheld = То же без времени ожидания
report-mean = Среднее
report-longest = Наибольшее
report-promises = В срок
report-promises-note = Несделанное считается опозданием, как только срок истёк. Ни то ни другое: срок ещё идёт или этого не требовалось.
report-claimed-above = Взято уровнем выше после эскалации
report-within = За
report-in-time = В срок
report-share-in-time = Доля в срок
report-late = С опозданием
report-share-late = Доля с опозданием
report-neither = Ни то ни другое
report-days = По дням
report-days-note = По дню сообщения.
report-resolved-since = Решено с тех пор
report-share-of-day = Доля за день
report-hours = Часы и дни недели
report-hours-note = Когда о них сообщили.
report-monday = понедельник
report-tuesday = вторник
report-wednesday = среда
report-thursday = четверг
report-friday = пятница
report-saturday = суббота
report-sunday = воскресенье
report-states = Как обстоят дела
report-states-note = Сейчас, а не тогда.
report-state-triage = без команды
report-state-open = открыт
report-state-acknowledged = взят в работу
report-state-on-hold = отложен
report-state-pending-summary = ожидает отчёта
report-state-resolved = решён
report-state-closed = закрыт
report-closed-as = закрыт: { $reason }
report-closed-confirmed = подтверждено
report-closed-cancelled = отменено
report-closed-no-summary = нет отчёта
report-closed-idle = нет активности
report-closed-admin = менеджером
report-closed-answered = дан ответ
report-closed-duplicate = дубликат
report-people = Люди
report-people-note = Кто решил больше всех, не более пятидесяти человек. В работе: время, в течение которого вели инциденты, каждый отдельно.
report-claims = Взятия
report-assisted = Помощь
report-given-back = Возвращено
report-passed-on = Передано
report-closed-under = Закрыто при них
report-active = В работе
report-teams = Команды
report-teams-note = По команде, к которой инцидент в итоге попал, и с того момента.
report-no-team = Без команды
report-mean-to-claim = Среднее до взятия
report-most-to-claim = p90 до взятия
report-mean-to-resolve = Среднее до решения
report-most-to-resolve = p90 до решения
report-groups = Группы
report-groups-note = Где о них сообщили.
report-waiting = Ожидают
report-waiting-note = Самые давние из незавершённых, не более пятидесяти.
report-state = Состояние
report-age = Возраст
report-change = По сравнению с предыдущими днями
report-change-note = Прежде: { $days }. И те и другие — по состоянию на сейчас; незавершённые дни сравниваются с завершёнными.
report-these-days = Эти дни
report-days-before = Прежде
report-difference = Изменение
report-median-claimed = Медиана до первого взятия
report-median-resolved = Медиана до решения
report-claimed-in-time = Взято в срок
report-resolved-in-time = Решено в срок
report-escalations = Путь эскалаций
report-escalations-note = От сообщения до ответа уровня выше, с последнего открытия инцидента.
report-waiting-above = Ждут взятия уровнем выше
report-resolved-escalated = Решено после эскалации
report-dispatchers = Эскалации по людям
report-dispatchers-note = Кто вёл инциденты на первом уровне, когда обращались к уровню выше, не более пятидесяти человек. Доля — от их собственных взятий там.
report-first-claims = Взятия на первом уровне
report-share-of-claims = Доля от этих взятий
report-resolution = Решение с эскалацией и без неё
report-resolution-note = От сообщения до решения; в срок ли — сказано там, где срок обещан.
report-with-escalation = С эскалацией
report-without-escalation = Без эскалации
report-ageing = Возраст незавершённых
report-ageing-note = С момента сообщения, по состоянию на сейчас.
report-age-hour = Менее 1 часа
report-age-hours = От 1 до 4 часов
report-age-day = От 4 до 24 часов
report-age-days = От 1 до 3 дней
report-age-week = От 3 до 7 дней
report-age-older = 7 дней и более
report-unclaimed = Никто не ведёт
report-holders = Сколько человек вели один
report-holders-note = По очереди или вместе, в любое время.
report-held-by-none = Никто
report-held-by-one = Один человек
report-held-by-two = Два человека
report-held-by-more = Трое и более
report-group-reporters = Сообщивших людей
report-reporters = Кто сообщает
report-reporters-note = Кто сообщил больше всех, не более пятидесяти человек.
report-last-report = Последнее сообщение
report-tags = Метки
report-tags-note = Метки, которых больше всего, не более пятидесяти. Инцидент с несколькими учтён у каждой.
report-untagged = Без метки
command-report = прислать показатели за день, неделю или месяц файлами
arguments-period = day|week|month
arguments-date = дата
report-caption = 📊 Отчёт: { $title }, { $days }
report-caption-table = 🔢 То же таблицей: { $title }, { $days }
files-caption = 📎 { $number }: { $text }
files-gone = 📎 { $number }: файла { $text } больше нет.
files-left = 📎 { $number }: я не могу сохранить здесь файл { $text }, он слишком большой. Поэтому его комната остаётся: администратор найдёт файл там и сможет удалить комнату после этого.

# Группы, которые ждут приёма.
admission-asked = 👋 Ответьте на это сообщение названием вашей компании, чтобы администраторы этой установки могли принять группу. Это должен сделать администратор группы.
admission-requested = ✅ Спасибо! Я попросил администраторов этой установки принять группу в «{ $name }». Я скажу здесь, когда они решат.
admission-known = Именно об этом я уже спросил. Подождите, пожалуйста, пока они решат.
admission-refused = ❌ Это название отклонили. Спросить можно только о другом.
admission-limited = ⏳ Сегодня об этой группе уже спрашивали достаточно. Попробуйте снова через { $hours ->
    [one] { $hours } час.
    [few] { $hours } часа.
    [many] { $hours } часов.
   *[other] { $hours } часа.
}
admission-admitted = ✅ Группа принята: она относится к { $name }. Администратор группы может теперь назвать менеджеров: { $usage }. То, о чём здесь сообщили раньше, осталось в чате: ответ на это сообщение с { $command_new_issue } создаст инцидент.
admission-denied = ❌ Администраторы этой установки не приняли группу. Если название компании было неверным, ответьте на мой вопрос верным.
admission-consult = 🚨 Группа «{ $group }» просит её принять. Она говорит, что относится к «{ $name }»; так говорит { $person }.
admission-others = Для любой другой компании напишите в той группе { $usage }.
button-admit-into = ✅ В { $name }
button-admit-alone = ➕ Новая компания { $name }
button-deny = ❌ Отказать
done-admitted = ✅ Принято в { $name }. Группа узнает об этом.
done-denied = Отказано. Группа узнает об этом.
refused-decided = ❌ Это уже решено.

# Roles in a whole company.
company-managers = Менеджеры во всех группах { $name }: { $people }
company-responders = Диспетчеры во всех группах { $name }: { $people }
