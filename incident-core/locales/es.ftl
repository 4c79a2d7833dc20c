# Spanish. The keys are those of en.ftl, in the same order; people are addressed as tú.

# Cards: the first line, by situation.
card-triage = 🚨 NUEVA INCIDENCIA: { $number }
card-open = 🚨 NUEVA INCIDENCIA: { $number }
card-acknowledged = 🛠️ EN CURSO: { $number }
card-escalated = 🆘 ESCALADA: { $number }
card-on-hold = ⏸️ EN ESPERA: { $number }
card-pending-summary = ⌛ FALTA EL RESUMEN: { $number }
card-resolved = ✅ RESUELTA: { $number }
card-closed = 🔒 CERRADA: { $number }

# Cards: what follows.
card-reporter = Avisa: { $person }
card-issue = Problema: { $text }
card-attachments = Adjuntos: { $count }
card-team = Equipo: { $team }
card-status = Estado: { $status }
card-handled-by = Se encarga: { $people }
card-asked = Se le ha pedido a: { $person }
card-also = También participa: { $people }
card-waiting-for-summary = Falta que { $person } responda con un resumen
card-resolved-by = La resolvió: { $person }
card-summary = Resumen: { $text }
card-priority = Prioridad: { $priority }
card-tags = Etiquetas: { $tags }
nobody = (nadie)

# Statuses.
status-triage = 🗂️ Elige un equipo
status-open = 🔥 SIN ASIGNAR
status-acknowledged = Asignada
status-escalated = 🔥 A la espera de un supervisor
status-escalated-claimed = La lleva un supervisor
status-on-hold-reporter = A la espera de quien avisó
status-on-hold-external = A la espera de algo externo
status-on-hold-answered = Respondida automáticamente; falta que lo confirme quien avisó
status-pending-summary = Hecho, falta el resumen
status-resolved = Resuelta
status-closed-confirmed = Cerrada y confirmada
status-closed-cancelled = Cancelada
status-closed-no-summary = Cerrada sin resumen
status-closed-idle = Cerrada por falta de actividad
status-closed-admin = Cerrada por un administrador
status-closed-answered = Cerrada: bastó con la respuesta automática
status-closed-duplicate = Cerrada por estar repetida

priority-low = baja
priority-normal = normal
priority-high = alta
priority-urgent = urgente

# Buttons.
button-claim = ✅ Me encargo
button-claim-escalation = 🛡️ Me encargo yo
button-join = ➕ Unirme
button-release = ❌ Dejarla
button-escalate = ⬆️ Escalar
button-deescalate = ⬇️ Volver al nivel { $level }
button-resolve = 🏁 Resolver
button-cancel-resolve = ↩️ Seguir trabajando
button-resume = ▶️ Reanudar
button-confirm = 👍 Solucionado
button-keep-open = 🔄 Dejarla abierta
button-close = 🔒 Cerrar
button-hold = ⏳ Esperar respuesta
button-archive = 🗄 Archivar
button-report = 📨 Informar
button-reopen = 🔄 Abrir de nuevo
button-transfer = 🔀 Transferir
button-back = ⬅️ Atrás
button-assign = 👤 Asignar
button-comment = 💬 Comentar
choose-team = ¿A qué equipo debe pasar { $number }?
choose-assignee = ¿Quién debe encargarse de { $number }?
choose-successor = ¿Quién debe encargarse de { $number } en su lugar?
form-summary = ¿Qué se ha hecho?
form-reason = ¿Por qué se reabre?
form-report = Avisar de incidencia
form-what = ¿Qué ha pasado?
form-priority = Prioridad
form-team = Equipo
form-send = Enviar
form-channel = Canal
form-person = ¿Quién debe encargarse?
form-comment = Comentario
form-shown = Dónde se muestran sus palabras
form-shown-in-history = En el historial
form-shown-in-exports = Solo en exportaciones
done-transfer = { $number } ha pasado a otro equipo.

# Notices: sent once.
notice-summon = 🔔 { $number } necesita atención.
notice-summon-escalated = 🔔 { $number } necesita a un supervisor.
notice-summon-person = 🔔 { $number }: se te ha pedido que te encargues.
notice-unclaimed = 🔔 { $number } lleva { $minutes ->
    [one] { $minutes } minuto
   *[other] { $minutes } minutos
} sin que nadie se encargue. Échale un vistazo, por favor.
notice-unclaimed-escalated = 🔔 { $number } lleva { $minutes ->
    [one] { $minutes } minuto
   *[other] { $minutes } minutos
} a la espera de un supervisor.
notice-unrouted = 🔔 { $number } lleva { $minutes ->
    [one] { $minutes } minuto
   *[other] { $minutes } minutos
} sin equipo.
notice-ask-summary = { $person }, responde a este mensaje con el resumen de { $number }: qué se hizo, cuál fue la causa y si queda algo pendiente.
notice-ask-summary-again = { $person }, todavía falta el resumen de { $number }. Envíalo como respuesta a este mensaje, por favor.
notice-template = Cuenta, por favor:
notice-resolved = ✅ ¡{ $number } está resuelta!
notice-closed = 🔒 { $number }: { $reason }.
notice-summary-missing = ⌛ { $number }: el resumen no llegó, así que se sigue trabajando en ella.
notice-breached = ⏰ { $number } ha superado el plazo comprometido.
notice-exhausted = 🚨 { $number }: se ha llamado a todas las personas de guardia y nadie ha contestado.
notice-reporter-wrote = 💬 { $number }: ha escrito quien avisó.
notice-still-needed = ⏳ { $person }, ¿sigue haciendo falta { $number }?
notice-claim-ended = ⚠️ { $number }: { $person } ya no se encarga.
pager-callout = { $number } te necesita: { $text }

# Announcements about the group itself.
announce-managers = ✅ Supervisores de este grupo: { $people }. Quien aún no haya escrito ni pulsado nada aquí quedará registrado la primera vez que lo haga.
announce-granted-reporter = ✅ { $person } está en la lista de conductores y puede avisar de incidencias con { $command_new_issue }.
announce-granted-responder = ✅ { $person } ya puede despachar en este grupo.
announce-granted-responder-handle = ✅ { $person } podrá despachar en este grupo: el puesto queda reservado para ese nombre de usuario y será de su dueño la primera vez que escriba o pulse algo aquí.
announce-granted-manager = ✅ { $person } supervisa ahora este grupo.
announce-granted-other = ✅ { $person } tiene un nuevo puesto en este grupo.
announce-revoked-responder = ✅ { $person } ya no despacha en este grupo.
announce-revoked-other = ✅ { $person } ha dejado un puesto en este grupo.
announce-not-held = ⚠️ En este grupo nadie llamado { $person } tiene ese puesto; no ha cambiado nada.
announce-right-pin = ⚠️ No puedo fijar mensajes en este grupo. Las incidencias funcionan igual; para que sus tarjetas queden fijadas, hazme administrador con permiso para fijar mensajes.
announce-right-write = ⚠️ No puedo escribir en este grupo.
announce-right-room = ⚠️ Aquí no puedo abrir salas para las incidencias. Se registran igualmente y tendrán su sala en cuanto pueda: dame los permisos de gestionar canales y roles, y revisa el ajuste room_category.
announce-right-log = ⚠️ No puedo llevar al registro lo que va en él. Queda pendiente, y las salas que deben desaparecer se quedan hasta entonces. Elige un canal de este servidor en el que pueda escribir y enviar archivos, y déjame leer lo que escribe la gente: { $command_settings } log_channel.
announce-panel = 📨 Pulsa el botón para informar de algo. Tendrás una sala propia en la que solo te ven quienes te ayudan.
announce-language = ✅ A partir de ahora, este grupo lee todo en español.
announce-linked = 🔗 Enlazado con { $title } ({ $platform }): desde ahora las incidencias viven en ambos chats. Quien administra uno de ellos administra el grupo.
announce-unlinked = 🔗 Ya no está enlazado con { $title } ({ $platform }).

# Answers to presses.
done-claim = Te encargas de { $number }.
done-join = Te has unido a { $number }.
done-release = Has dejado { $number }.
done-escalate = { $number } queda escalada.
done-deescalate = { $number } vuelve al nivel anterior.
done-resolve = Responde a la pregunta con un resumen de { $number }, por favor.
done-cancel-resolve = Sigues con { $number }.
done-summary = { $number } está resuelta. ¡Gracias!
done-other = Hecho: { $number }.
done-roster = Hecho.
transcript-title = { $number }, parte { $part }
transcript-about = Todas las horas son de { $zone }.
done-archive = 🗄 Lo que se dijo se guarda en el registro; después la sala desaparece.
done-housed = 📨 { $number } está registrada. Continúa aquí: { $room }

# Teams, companies and their groups.
teams-none = Todavía no hay equipos.
rota-none = Nadie tiene horario: se menciona a todos a cualquier hora.
rota-intro = De turno, según el reloj de { $zone }:
rota-line = { $mark } { $person } · { $week }
rota-line-team = { $mark } { $person } · { $team } · { $week }
notice-shift = 🔔 Empieza tu turno. Esto espera a que alguien se encargue:
notice-shift-team = 🔔 Empieza el turno de { $team }. Esto espera a que alguien se encargue:
notice-shift-line = { $number } · { $minutes } min — { $text }
notice-nobody-on-shift = Nadie del equipo está de turno ahora, así que se avisa a los encargados.
refused-no-teams = ❌ Todavía no hay ningún equipo que pueda encargarse. Un administrador del grupo crea uno: { $usage }
allowed-team = el número de un equipo tal como lo muestra { $command_teams }, o default
allowed-category = el id de una categoría en la que se abren las salas de las incidencias, o default
allowed-channel = un canal, mencionado o por su id, que guarda lo que se dijo en las salas; o default
allowed-idle-warning = un número de días de 1 a 30, menor que auto_close_days; o default
allowed-auto-close = un número de días de 2 a 90, mayor que idle_warning_days; o default
allowed-template = de 3 a 500 caracteres, o default
arguments-week = mon-fri 07:00-19:00 | off
teams-line = { $team }. { $name }: { $people }
teams-line-restricted = { $team }. { $name } (solo para miembros de equipos): { $people }
tenants-none = Todavía no hay empresas.
tenants-company = { $name }
tenants-group = ✅ { $name }
tenants-group-pending = ⏳ { $name }: espera la aprobación
tenants-group-suspended = ⏸ { $name }: ya no estoy en él
done-company = ✅ «{ $name }» ya es una empresa. Escribe { $usage } en cada uno de sus grupos.
done-group = ✅ Este grupo pertenece ahora a { $name }. Un administrador del grupo puede nombrar a sus responsables con { $usage }.
done-group-suspended = ⏸ Este grupo está detenido. Aquí no se puede informar ni asumir nada hasta que se active de nuevo.
done-group-activated = ✅ Este grupo funciona.

# Answers to commands.
help-intro = Convierto los avisos en incidencias: cada una es una tarjeta fijada; alguien se encarga con un botón, la escala a los supervisores si hace falta y la resuelve con un resumen.
help-command = { $usage } — { $what }
help-outro = En un grupo nuevo, un administrador indica primero quiénes son los supervisores: { $usage }.
usage = Se escribe así: { $usage }
status-line = { $number }: { $status }
status-reported = Avisó { $person } el { $at } { $zone }.
welcome-total = { $count ->
    [one] Hasta ahora se ha avisado de { $count } incidencia en este grupo.
   *[other] Hasta ahora se ha avisado de { $count } incidencias en este grupo.
}
stats-day = 📊 Hoy ({ $zone }): avisos { $reported }, resueltos { $resolved }, en curso { $open }.
stats-week = Esta semana: avisos { $reported }, resueltos { $resolved }, en curso { $open }.
stats-month = Este mes: avisos { $reported }, resueltos { $resolved }, en curso { $open }.
stats-claimed = Hasta que alguien se encarga, este mes: { $mean } de media, nueve de cada diez en { $most }.
stats-resolved = Hasta resolverse, este mes: { $mean } de media, nueve de cada diez en { $most }.

command-start = qué hago y cómo empezar
command-help = la lista de comandos
command-configure-managers = indicar los supervisores de este grupo (administradores)
command-add-dispatcher = añadir a un despachador (administradores)
command-remove-dispatcher = quitar a un despachador (administradores)
command-register-driver = apuntarte como conductor
command-new-issue = avisar de una incidencia; o en respuesta al mensaje que la describe
command-status = cómo va una incidencia
command-add-team = crear un equipo que cualquiera puede elegir (administradores)
command-add-restricted-team = crear un equipo que solo eligen miembros (administradores)
command-teams = los equipos, con sus números y miembros
command-schedule = cuándo está de turno cada uno: verlo o fijarlo
command-add-team-member = incluir personas en un equipo (administradores)
command-remove-team-member = sacar personas de un equipo (administradores)
command-add-company = crear una empresa
command-add-group = asignar este grupo a una empresa
command-link = que este grupo viva también en otro chat (administradores)
command-unlink = que deje de vivir en él; administradores
command-link-me = usar también otra cuenta
command-list-groups = todas las empresas con sus grupos
command-suspend-group = detener este grupo
command-activate-group = reactivar este grupo
command-language = elegir el idioma de este grupo (administradores)
command-settings = los ajustes de este grupo; los administradores los cambian
command-panel = mostrar un botón para avisar (administradores)
command-stats = las cifras de este grupo (despachadores, supervisores, administradores)

arguments-people = @usuario1 @usuario2 …
arguments-person = @usuario
arguments-description = descripción
arguments-number = TKT-2026-0042
arguments-team = nombre
arguments-team-number = número del equipo
arguments-company = nombre de la empresa
arguments-language = en|es|nl|ru
arguments-setting = nombre | history | undo
arguments-value = valor
arguments-code = código

# Refusals.
refused-not-authorized = ❌ No tienes permiso para hacer esto.
refused-not-authorized-claim = ❌ No tienes permiso para encargarte. Pide a un administrador que te añada como despachador.
refused-not-authorized-claim-escalation = ❌ No tienes permiso para encargarte de lo escalado. Pide a un administrador que te nombre supervisor.
refused-not-authorized-admin = ❌ Esto solo pueden hacerlo los administradores del grupo.
refused-not-authorized-platform = ❌ Solo los administradores de esta instalación pueden hacer esto.
refused-not-authorized-summary = ❌ El resumen se le pidió a otra persona.
refused-only-holder = ❌ Esto solo pueden hacerlo quien se encarga y los supervisores.
refused-only-managers = ❌ Esto solo pueden hacerlo los supervisores y los administradores del grupo.
refused-only-workers = ❌ Esto solo pueden hacerlo quienes pueden encargarse y los supervisores.
refused-only-reporter = ❌ Esto solo pueden hacerlo quien dio el aviso y los supervisores.
refused-only-involved = ❌ Esto solo pueden hacerlo quien dio el aviso, quienes pueden encargarse y los supervisores.
refused-only-staff = ❌ Esto solo pueden hacerlo despachadores, supervisores y administradores del grupo.
refused-override = ❌ Esto solo pueden hacerlo los administradores del grupo, y solo donde el flujo de trabajo lo permite.
refused-wrong-state = ❌ Ahora no es posible. { $number }: { $status }.
refused-already-acknowledged = Lo siento, { $person } ya se encarga de { $number }.
refused-already-assignee = Ya te encargas de { $number }.
refused-held = ❌ { $person } ya se encarga de { $number }. Para pasárselo a otra persona: { $usage }
refused-not-assignee = ❌ No te encargas de { $number }.
refused-not-eligible = ❌ Esa persona no puede encargarse de { $number }.
refused-closing-out = ⌛ A { $number } le falta el resumen de { $person }.
refused-too-short = ❌ Demasiado corto: { $count ->
    [one] hace falta al menos { $count } carácter
   *[other] hacen falta al menos { $count } caracteres
}.
refused-too-long = ❌ Demasiado largo: { $count ->
    [one] se admite como máximo { $count } carácter
   *[other] se admiten como máximo { $count } caracteres
}.
refused-no-summary = ❌ Hace falta un resumen.
refused-no-change = ❌ No cambiaría nada.
refused-no-such-level = ❌ Ese nivel no existe.
refused-unreachable = ❌ Eso no es posible aquí.
refused-too-many = ❌ Son demasiados.
refused-rate-limited = ⏳ Demasiados avisos en poco tiempo. Vuelve a intentarlo dentro de { $seconds ->
    [one] { $seconds } segundo
   *[other] { $seconds } segundos
}.
refused-rate-limited-minutes = ⏳ Demasiados avisos en una hora. Vuelve a intentarlo dentro de { $minutes ->
    [one] { $minutes } minuto
   *[other] { $minutes } minutos
}.
refused-unknown = ❌ Aquí no hay ninguna incidencia así.
refused-unknown-button = ❌ Este botón no vale.
refused-inactive = ❌ Este grupo aún no está configurado. Un administrador del grupo puede hacerlo con { $usage }.
refused-approval = ❌ Este grupo aún no está aprobado. Pide a quien administra el servicio que escriba aquí { $usage }.
refused-suspended = ❌ Este grupo está suspendido: me consta que ya no estoy en él. Quítame y vuelve a añadirme, por favor; todo seguirá donde estaba.
refused-stale = La tarjeta había cambiado entretanto. { $number }: { $status }.
refused-too-late = ❌ Ya es tarde para eso.
refused-only-in-groups = ❌ Este comando solo funciona en grupos.
refused-anonymous = ❌ No puedo ver quién eres. Escribe con tu nombre, no como grupo ni como canal.
refused-bot = ❌ Los bots no pueden hacer esto.
refused-bad-handle = ❌ «{ $text }» no es un nombre de usuario. Donde se ofrecen nombres al escribir @, elige uno de ellos.
refused-no-rooms = ❌ El panel lleva a salas propias, y las incidencias de este grupo no las tienen.
refused-bad-number = ❌ «{ $text }» no es un número de incidencia.
refused-try-again = ⚠️ Ahora mismo no ha funcionado. Vuelve a intentarlo, por favor.
refused-company-exists = ❌ Ya existe una empresa llamada «{ $name }». { $usage } muestra todas.
refused-no-such-company = ❌ No hay ninguna empresa llamada «{ $name }». { $usage } muestra todas.
refused-several-companies = ❌ Hay varias empresas llamadas «{ $name }». Indica una por su identificador: { $ids }
refused-group-taken = ❌ Este grupo ya pertenece a una empresa.
link-code = 🔗 En 10 minutos, un administrador del otro chat escribe allí el comando link con este código: { $code }
link-me-code = 🔗 En 10 minutos, escribe con tu otra cuenta el comando link_me con este código: { $code } No lo enseñes a nadie: quien lo use serás tú.
link-code-sent = 🔗 Te he enviado un código que solo tú ves. Si no ha llegado, escríbeme primero en un chat a solas y vuelve a pedirlo.
link-bad-code = ❌ No existe ese código. Puede que ya se haya usado o que tenga más de 10 minutos; pide uno nuevo.
link-chat-taken = ❌ Este chat ya es un grupo. Solo un chat que no lo sea puede enlazarse con un grupo.
link-too-many = ❌ Este grupo ya vive en todos los chats que puede.
link-in-rooms = ❌ Cada incidencia de este grupo tiene un canal propio, solo para quienes participan en ella. Un chat enlazado no podría mostrar nada.
link-not-linked = ❌ Este grupo vive solo en este chat.
link-me-done = ✅ Desde ahora esta cuenta es de { $person }: los roles, lo que atiende y las menciones son de una sola persona. Si no es así, escribe link_me off.
link-me-parted = ✅ Esta cuenta vuelve a ser independiente. Los roles se quedan en la otra.
link-me-alone = ❌ Esta cuenta no está enlazada con ninguna otra.
link-me-same = ✅ Esta cuenta ya era tuya.
link-me-busy = ❌ Con esta cuenta tienes que ver con { $number }, que no ha terminado. Termínala o traspásala primero y pide un código nuevo.
refused-no-such-team = ❌ No hay ningún equipo con el número «{ $name }». { $usage } muestra todos.
refused-team-exists = ❌ Ya existe un equipo llamado «{ $name }». { $usage } muestra todos.
person-unknown = alguien
people-and-more = { $people } y { $count } más

# Commands about incidents.
command-open = ver lo abierto, lo más urgente primero
command-mine = ver lo que llevas
command-history = ver qué pasó con un incidente; con número de página, lo anterior
command-files = ver los archivos de un incidente y enviarlos de nuevo
command-pin = mostrar y fijar de nuevo la tarjeta de un incidente
command-assign = pedir a alguien que se encargue de un incidente
command-reassign = quitar un incidente a una persona y pedírselo a otra
command-revoke = quitar un incidente a quien lo lleva (responsables, administradores)
command-hold = parar los relojes mientras espera a alguien o a algo
command-resume = poner los relojes en marcha otra vez
command-cancel = retirar un aviso que nadie ha tomado
command-reopen = reabrir un incidente
command-duplicate = cerrar un incidente porque repite otro (responsables)
command-override = fijar el estado (administradores; solo tickets)
command-priority = decir lo urgente que es un incidente
command-tag = etiquetar un incidente para agruparlo con otros
command-untag = quitar esa palabra
command-edit = corregir la descripción; la anterior queda en el historial
command-note = añadir una nota que el historial muestra
command-note-internal = añadir una nota cuyo texto solo se exporta
arguments-page = página
arguments-reason = motivo
arguments-state = open | resolved | closed
arguments-hold = reporter | external
arguments-original = of TKT-2026-0007
arguments-priority = low | normal | high | urgent
arguments-tag = palabra
arguments-text = texto
help-follow = Avisos
help-work = Trabajo
help-content = Contenido
help-group = Este grupo
help-installation = Administradores de esta instalación
help-number = Nombra el incidente por su número (TKT-2026-0042 o 42) o responde con el comando a un mensaje sobre él. Una foto o un archivo se añade respondiendo con él a la tarjeta.

# Confirmations.
done-reopen = { $number } está abierto otra vez.
done-cancel = { $number } queda cancelado.
done-hold = { $number } queda en espera. { $status }.
done-resume = { $number } sigue adelante.
done-priority = { $number } tiene la prioridad { $priority }.
done-tags = { $number } tiene las etiquetas { $tags }.
done-untagged = { $number } no tiene etiquetas.
done-edit = La descripción de { $number } está corregida.
done-note = Anotado en { $number }.
done-pin = La tarjeta de { $number } se muestra de nuevo, fijada si aquí puedo fijar mensajes.
done-pin-over = { $number } ya terminó: su tarjeta se muestra de nuevo y no se fija.
done-assign = Pedido. { $number } será suyo cuando lo tome.
done-revoke = Esa persona ya no lleva { $number }.
done-duplicate = { $number } queda cerrado como repetido.
done-override = { $number }: { $status }.
done-attached = 📎 Añadido a { $number }.
refused-unseen = ❌ Aún no he visto a { $text } en este grupo. Primero tiene que escribir o pulsar algo aquí.

# Lists.
list-empty = Aquí no hay nada abierto.
list-empty-mine = Aquí no llevas nada.
list-line = { $number } · { $status } — { $text }
list-line-priority = ❗ { $number } · { $priority } · { $status } — { $text }
list-more = … y { $count } más.
files-none = { $number } no tiene archivos.
files-intro = Archivos de { $number }, de nuevo aquí abajo:
files-there = Archivos de { $number }, que están en su canal:
files-line = { $at } · { $person } · { $text }
files-size = { $text }, { $count } kB
files-more = … y { $count } antes de estos.

# Histories: who did it stands before each.
history-intro = { $number }: { $status } · { $zone }
history-line = { $at } { $person }: { $what }
history-earlier = Hay más, anterior: { $usage }
history-desk = el sistema
history-assistant = el asistente
history-created = avisó: { $text }
history-routed = lo pasó al equipo { $team }
history-routed-desk = lo pasó a todos
history-triaged = lo valoró
history-triage-failed = no pudo valorarlo: { $text }
history-answered = respondió: { $text }
history-claimed = lo tomó
history-joined = se unió
history-left = lo dejó
history-unassigned = ahora no lo lleva nadie
history-assigned = pidió a { $person } que lo tome
history-reassigned = se lo quitó a { $person }
history-revoked = se lo quitó a { $person }: { $text }
history-escalated = lo escaló al nivel { $level }
history-deescalated = lo devolvió al nivel { $level }
history-transferred = lo pasó al equipo { $team }
history-held = lo puso en espera: { $reason }
history-resumed = lo reanudó
history-promised = prometió un resumen
history-withdrawn = volvió al trabajo
history-summary-missing = el resumen no llegó a tiempo
history-resolved = lo resolvió: { $text }
history-resolved-silently = lo resolvió
history-amended = corrigió el resumen: { $text }
history-closed = { $reason }
history-closed-note = { $reason }: { $text }
history-reopened = lo reabrió: { $text }
history-touched = dijo que sigue importando
history-replied = escribió: { $text }
history-warned = preguntó si sigue importando
history-reminded = lo recordó a todos, recordatorio { $count }
history-breached = no se cumplió un plazo prometido
history-called = llamó a { $person }
history-call-delivered = la llamada llegó a { $person }
history-call-failed = la llamada no llegó a { $person }
history-call-confirmed = { $person } lo tomó por teléfono
history-exhausted = se llamó en vano a todos los de guardia
history-priority = puso la prioridad { $priority }
history-severity = puso la gravedad { $count }
history-tagged = añadió la etiqueta { $text }
history-untagged = quitó la etiqueta { $text }
history-edited = corrigió la descripción: { $text }
history-note = anotó: { $text }
history-note-internal = añadió una nota interna
history-file = añadió un archivo: { $text }
history-overridden = cambió el estado a { $status }: { $text }
history-card-repaired = hizo dibujar la tarjeta otra vez
history-archived = retiró la tarjeta
history-chat-moved = el chat tiene otra dirección
history-chat-lost = el chat ya no existe
history-erased = borró lo que escribió una persona
log-created = avisó
log-answered = respondió
log-revoked = se lo quitó a { $person }
log-amended = corrigió el resumen
log-reopened = lo reabrió
log-edited = corrigió la descripción
log-overridden = cambió el estado a { $status }
log-archived = lo archivó

# Ajustes de un grupo.
settings-intro = Ajustes de este grupo. Un administrador cambia uno con su nombre y un valor: { $command_settings } timezone Europe/Madrid. El valor «default» lo deja otra vez a la instalación; { $command_settings } history dice quién cambió qué, { $command_settings } undo deshace el último cambio.
settings-line = { $name }: { $value }
settings-line-default = { $name }: { $value } (sin ajustar aquí)
settings-by = Último cambio de { $person }, { $at }.
settings-allowed = Se permite: { $allowed }.
settings-default = default
settings-default-language = el de cada cual
settings-changed = ✅ { $name } es ahora { $value }. Era { $before }.
settings-undone = ↩️ { $name } vuelve a ser { $value }. Era { $before }.
settings-nothing = ❌ No hay ningún cambio que deshacer.
settings-unknown = ❌ No hay ningún ajuste llamado «{ $text }». Hay: { $names }.
settings-refused = ❌ { $name } no puede ser «{ $text }». Se permite: { $allowed }.
settings-history = { $at } { $person }: { $name } de { $before } a { $value }
settings-history-undone = { $at } { $person }: { $name } de vuelta de { $before } a { $value }
settings-history-none = Nadie ha cambiado todavía un ajuste de este grupo.
settings-history-more = … y { $count } antes de estos.
allowed-language = en, es, nl, ru o default
allowed-timezone = un nombre de la base de datos IANA como Europe/Madrid o America/New_York, o default
allowed-week-start = monday, sunday, saturday o default
allowed-wait = de 1s a 30d, escrito como 90s, 10m, 2h o 1h30m, o default
allowed-reports = un número entero de 1 a 1000, u off, o default
allowed-emoji = un solo emoji, o default
allowed-words = de 1 a 32 caracteres en una sola línea, sin llaves, o default
settings-words = Palabras de las tarjetas y los botones: { $command_settings } words.
settings-words-intro = Palabras de las tarjetas y los botones de este grupo. Un administrador elige otras por su nombre: { $command_settings } button_claim La tomo. El valor «default» devuelve las habituales.
# Informes: la página y sus tablas.
report-about = { $days }, zona horaria { $zone }; situación a { $at }.
report-days-span = { $first } a { $last }
report-nothing = Nada.
report-incidents = Incidentes
report-share = Proporción
report-totals = En total
report-totals-note = Todas las cifras tratan de los incidentes comunicados en estos días, sin los cancelados ni los cerrados como duplicados; cada proporción es una parte de todos ellos.
report-reported = Comunicados
report-claimed = Asumidos
report-escalated = Se pidió un nivel superior
report-resolved = Resueltos
report-resolved-first = Resueltos en el primer nivel
report-live = Sin terminar
report-given-up = Cerrados porque nadie respondió
report-reopened = Reabiertos
report-shared = Llevados por varias personas
report-left-out = No cuentan: cancelados o duplicados
report-times = Cuánto se tardó
report-times-note = De aquellos en los que ocurrió; si uno se reabrió, desde entonces. h:mm:ss.
report-until-claimed = Del aviso a la primera asunción (MTTA)
report-until-escalation-claimed = Del escalado a la asunción superior
report-until-resolved = Del aviso a la resolución (MTTR)
report-until-resolved-unheld = Lo mismo sin el tiempo en espera
report-mean = Media
report-longest = Máximo
report-promises = A tiempo
report-promises-note = Lo que nunca se hizo cuenta como tarde cuando acaba su plazo. Ni lo uno ni lo otro: el plazo aún corre, o nunca se pidió.
report-claimed-above = Asumidos arriba tras un escalado
report-within = En
report-in-time = A tiempo
report-share-in-time = Proporción a tiempo
report-late = Tarde
report-share-late = Proporción tarde
report-neither = Ni lo uno ni lo otro
report-days = Día a día
report-days-note = Según el día del aviso.
report-resolved-since = Resueltos desde entonces
report-share-of-day = Proporción del día
report-hours = Horas y días de la semana
report-hours-note = Cuándo se comunicaron.
report-monday = lunes
report-tuesday = martes
report-wednesday = miércoles
report-thursday = jueves
report-friday = viernes
report-saturday = sábado
report-sunday = domingo
report-states = Cómo están
report-states-note = Ahora, no entonces.
report-state-triage = sin equipo
report-state-open = abierto
report-state-acknowledged = asumido
report-state-on-hold = en espera
report-state-pending-summary = a falta de resumen
report-state-resolved = resuelto
report-state-closed = cerrado
report-closed-as = cerrado: { $reason }
report-closed-confirmed = confirmado
report-closed-cancelled = cancelado
report-closed-no-summary = sin resumen
report-closed-idle = inactivo
report-closed-admin = por un supervisor
report-closed-answered = respondido
report-closed-duplicate = duplicado
report-people = Personas
report-people-note = Quienes más resolvieron, como mucho cincuenta. Activo: el tiempo que llevaron incidentes, cada uno por separado.
report-claims = Asunciones
report-assisted = Ayudó
report-given-back = Devueltos
report-passed-on = Traspasados
report-closed-under = Cerrados en sus manos
report-active = Activo
report-teams = Equipos
report-teams-note = Según el equipo al que llegaron al final, y desde que llegaron.
report-no-team = Sin equipo
report-mean-to-claim = Media hasta asumir
report-most-to-claim = p90 hasta asumir
report-mean-to-resolve = Media hasta resolver
report-most-to-resolve = p90 hasta resolver
report-groups = Grupos
report-groups-note = Dónde se comunicaron.
report-waiting = En espera
report-waiting-note = Los más antiguos de los que no han terminado, como mucho cincuenta.
report-state = Estado
report-age = Antigüedad
report-change = Frente a los días anteriores
report-change-note = Antes: { $days }. Ambos como están ahora; los días que no han terminado se comparan con otros que sí.
report-these-days = Estos días
report-days-before = Antes
report-difference = Cambio
report-median-claimed = Mediana hasta la primera asunción
report-median-resolved = Mediana hasta la resolución
report-claimed-in-time = Asumidos a tiempo
report-resolved-in-time = Resueltos a tiempo
report-escalations = El camino de los escalados
report-escalations-note = Del aviso a la respuesta de un nivel superior, desde que el incidente se abrió por última vez.
report-waiting-above = Esperan una asunción superior
report-resolved-escalated = Resueltos tras un escalado
report-dispatchers = Escalados por persona
report-dispatchers-note = Quienes llevaban incidentes en el primer nivel cuando se pidió uno superior, como mucho cincuenta. La proporción es de sus propias asunciones allí.
report-first-claims = Asunciones en el primer nivel
report-share-of-claims = Proporción de estas asunciones
report-resolution = Resolución con y sin escalado
report-resolution-note = Del aviso a la resolución; si fue a tiempo se dice donde hay un plazo prometido.
report-with-escalation = Con escalado
report-without-escalation = Sin escalado
report-ageing = Antigüedad de lo que no ha terminado
report-ageing-note = Desde el aviso, como está ahora.
report-age-hour = Menos de 1 hora
report-age-hours = De 1 a 4 horas
report-age-day = De 4 a 24 horas
report-age-days = De 1 a 3 días
report-age-week = De 3 a 7 días
report-age-older = 7 días y más
report-unclaimed = Nadie los lleva
report-holders = Cuántas personas llevaron uno
report-holders-note = Una tras otra o juntas, en cualquier momento.
report-held-by-none = Nadie
report-held-by-one = Una persona
report-held-by-two = Dos personas
report-held-by-more = Tres o más
report-group-reporters = Personas que comunicaron
report-reporters = Quién comunica
report-reporters-note = Quienes más comunicaron, como mucho cincuenta.
report-last-report = Último aviso
report-tags = Etiquetas
report-tags-note = Las etiquetas con más incidentes, como mucho cincuenta. Un incidente con varias está entre los de cada una.
report-untagged = Sin etiqueta
command-report = enviar las cifras de un día, semana o mes como archivos
arguments-period = day|week|month
arguments-date = fecha
report-caption = 📊 Informe: { $title }, { $days }
report-caption-table = 🔢 Lo mismo como tabla: { $title }, { $days }
files-caption = 📎 { $number }: { $text }
files-gone = 📎 { $number }: el archivo { $text } ya no está.
files-left = 📎 { $number }: no puedo guardar aquí el archivo { $text }, es demasiado grande. Por eso su sala se queda: quien administra este lugar encuentra allí el archivo y puede eliminar la sala después.

# Grupos que esperan ser admitidos.
admission-asked = 👋 Responde a este mensaje con el nombre de tu empresa, para que quienes administran este servicio puedan admitir este grupo. Tiene que hacerlo un administrador del grupo.
admission-requested = ✅ ¡Gracias! He pedido a quienes administran este servicio que admitan este grupo en «{ $name }». Lo diré aquí en cuanto decidan.
admission-known = Ya he preguntado exactamente eso. Espera, por favor, a que decidan.
admission-refused = ❌ Ese nombre lo han rechazado. Solo puedo preguntar por otro.
admission-limited = ⏳ Por hoy ya he preguntado bastante por este grupo. Vuelve a intentarlo dentro de { $hours ->
    [one] { $hours } hora.
   *[other] { $hours } horas.
}
admission-admitted = ✅ Este grupo está admitido: pertenece a { $name }. Un administrador del grupo puede nombrar ahora a sus responsables con { $usage }. Lo que alguien avisó antes sigue en el chat: una respuesta a ese mensaje con { $command_new_issue } lo registra.
admission-denied = ❌ Quienes administran este servicio no han admitido este grupo. Si el nombre de la empresa estaba mal, responde a mi pregunta con el correcto.
admission-consult = 🚨 El grupo «{ $group }» pide ser admitido. Dice que pertenece a «{ $name }»; lo dice { $person }.
admission-others = Para cualquier otra empresa, escribe { $usage } en ese grupo.
button-admit-into = ✅ En { $name }
button-admit-alone = ➕ Empresa nueva { $name }
button-deny = ❌ Rechazar
done-admitted = ✅ Admitido en { $name }. El grupo lo sabrá.
done-denied = Rechazado. El grupo lo sabrá.
refused-decided = ❌ Eso ya estaba decidido.

# Roles in a whole company.
company-managers = Responsables en todos los grupos de { $name }: { $people }
company-responders = Despachan en todos los grupos de { $name }: { $people }
