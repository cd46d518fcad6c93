"""What other people and programs call our columns and states, in the languages of which we know some words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from roadwright.domain.initiatives import Lifecycle, RiskLevel
from roadwright.domain.text import normalised

_COLUMNS: Mapping[str, str] = {
    "title": (
        "title|summary|name|idea|feature|feature name|user story|story|story name|card name|subject|headline|"
        "initiative|initiative name|epic|epic name|task|task name|item|item name|project|project name|request|wish|"
        "requirement|proposal|backlog item|product backlog item|what|opportunity|deliverable|short description|"
        "titel|zusammenfassung|wunsch|idee|anforderung|thema|bezeichnung|betreff|vorhaben|überschrift|kurztitel|"
        "aufgabe|titre|résumé|resume|nom|idée|sujet|besoin|demande|fonctionnalité|intitulé|projet|"
        "título|titulo|resumen|nombre|asunto|tarea|necesidad|solicitud|proyecto|funcionalidad|"
        "resumo|nome|ideia|assunto|tarefa|pedido|demanda|iniciativa|projeto|"
        "titolo|riepilogo|oggetto|richiesta|funzionalità|attività|progetto|"
        "samenvatting|naam|onderwerp|wens|taak|verzoek|functie|"
        "tytuł|tytul|podsumowanie|nazwa|pomysł|temat|zadanie|wniosek|życzenie|funkcja|inicjatywa"
    ),
    "brief_description": (
        "brief description|brief|description|details|detail|summary text|notes|body|content|card description|about|"
        "long description|issue description|explanation|"
        "beschreibung|kurzbeschreibung|erläuterung|details der idee|inhalt|descriptif|détails|contenu|"
        "descripción|descripcion|detalle|detalles|descrição|descricao|detalhes|"
        "descrizione|dettagli|omschrijving|beschrijving|toelichting|opis|szczegóły|szczegoly|opis zadania"
    ),
    "problem_statement": (
        "problem statement|problem|pain point|acceptance criteria|so that|why|rationale|need|business need|benefit|"
        "user problem|justification|background|nutzen|damit|begründung|problem beschreibung|akzeptanzkriterien|"
        "problème|justification métier|problema|justificación|justificativa|motivazione|probleem|reden|uzasadnienie"
    ),
    "hypothesis": "hypothesis|assumption|hypothese|hypothèse|hipótesis|hipótese|ipotesi|hipoteza",
    "lifecycle_status": (
        "lifecycle status|status|state|stage|workflow state|column|list name|list|progress|issue status|"
        "zustand|stand|phase|bearbeitungsstand|statut|état|etat|estado|situação|situacao|stato|toestand|stan|"
        "status zadania|etapa"
    ),
    "deadline_date": (
        "deadline date|deadline|due date|due|due on|target date|needed by|needed until|"
        "date needed|need by|required by|required date|by when|end date|delivery date|"
        "finish date|launch date|go live|wanted by|target completion|"
        "fällig|fälligkeit|fälligkeitsdatum|fällig am|frist|termin|bis wann|"
        "benötigt bis|wunschtermin|liefertermin|zieldatum|stichtag|enddatum|bis|"
        "échéance|echeance|date d'échéance|date limite|date cible|date de fin|"
        "fecha límite|fecha limite|fecha de vencimiento|vencimiento|plazo|fecha objetivo|fecha de entrega|"
        "data limite|prazo|data de vencimento|vencimento|data de entrega|data limite de entrega|"
        "scadenza|data di scadenza|data scadenza|termine|"
        "deadline datum|vervaldatum|einddatum|opleverdatum|streefdatum|"
        "termin realizacji|data zakończenia|termin końcowy|termin wykonania|data realizacji"
    ),
    "earliest_start_date": (
        "earliest start date|start date|start|planned start|begin|startdatum|beginn|date de début|fecha de inicio|"
        "data de início|data di inizio|begindatum|data rozpoczęcia"
    ),
    "requester_name": (
        "requester name|requester|reporter|requested by|submitter|submitted by|created by|creator|author|proposed by|"
        "raised by|owner|contact|stakeholder|asked by|request owner|"
        "antragsteller|anforderer|autor|ersteller|melder|eingereicht von|ansprechpartner|gemeldet von|wer|"
        "demandeur|rapporteur|auteur|proposé par|créateur|contact demandeur|"
        "solicitante|informador|autor de la solicitud|creador|solicitado por|"
        "relator|criador|requisitante|solicitado por quem|"
        "richiedente|segnalatore|autore|creatore|aanvrager|melder naam|indiener|"
        "zgłaszający|zglaszajacy|wnioskodawca|autor zgłoszenia|osoba zgłaszająca"
    ),
    "requester_email": (
        "requester email|requester e-mail|email|e-mail|mail|email address|contact email|reporter email|"
        "e-mail-adresse|mailadresse|courriel|adresse mail|adresse e-mail|correo|correo electrónico|"
        "e-mail do solicitante|"
        "posta elettronica|indirizzo email|e-mailadres|adres e-mail|adres email"
    ),
    "requesting_team": (
        "requesting team|team|squad|group|team name|mannschaft|gruppe|équipe|equipe|equipo|time|squadra|gruppo|"
        "zespół|zespol|groep|ploeg"
    ),
    "department": (
        "department|dept|division|business unit|function|area of business|org unit|"
        "abteilung|bereich|fachbereich|ressort|département|departement|service|direction|direction métier|"
        "departamento|área|area|unidad de negocio|setor|diretoria|dipartimento|reparto|ufficio|"
        "afdeling|dział|dzial|departament"
    ),
    "country": (
        "country|market|region|countries|markets|land|markt|länder|pays|marché|país|pais|mercado|paese|mercato|nazione|"
        "landen|kraj|rynek"
    ),
    "product_area": (
        "product area|component|components|component/s|module|area path|product|feature area|theme|domain|workstream|"
        "produktbereich|komponente|komponenten|modul|produkt|composant|composants|produit|domaine|"
        "componente|componentes|producto|módulo|modulo|produto|area prodotto|prodotto|"
        "onderdeel|productgebied|komponent|komponenty|obszar produktu"
    ),
    "customer_segment": (
        "customer segment|segment|customer type|persona|user type|as a|audience|kundensegment|zielgruppe|"
        "segment client|segmento|segmento de clientes|segmento cliente|klantsegment|segment klienta"
    ),
    "initiative_type": (
        "initiative type|type|issue type|work item type|item type|kind|typ|art|vorgangstyp|type de ticket|"
        "tipo|tipo de incidencia|tipo de item|tipo de ticket|tipo di ticket|soort|rodzaj|typ zgłoszenia"
    ),
    "category": (
        "category|categories|labels|label|tags|tag|kategorie|stichwörter|catégorie|étiquettes|categoría|etiquetas|"
        "categoria|rótulos|etichette|categorie|kategoria|etykiety"
    ),
    "program_key": "program key|program|programme|epic link|parent|programm|programa|programma",
    "risk_level": "risk level|risk|risiko|risque|riesgo|risco|rischio|risico|ryzyko",
    "effort_engineering_days": (
        "effort engineering days|effort|effort days|estimate|estimation|days|person days|man days|dev days|"
        "engineering days|effort in days|size in days|story points|points|pd|pt|"
        "aufwand|aufwand in tagen|aufwand pt|personentage|schätzung|tage|arbeitstage|"
        "charge|effort estimé|jours|jours homme|charge jh|estimation jours|"
        "esfuerzo|estimación|días|dias|jornadas|esforço|esforco|estimativa|dias de trabalho|"
        "sforzo|stima|giorni|giornate|impegno|inspanning|schatting|dagen|"
        "nakład|naklad|pracochłonność|wysiłek|szacunek|dni|osobodni|liczba dni"
    ),
    "engineering_tokens": "engineering tokens|tokens|capacity|token|kapazität",
    "candidate_period_key": "candidate period key|period|quarter|target quarter|quartal|trimestre|kwartaal|kwartał",
    "rice_reach": "rice reach|reach",
    "rice_impact": "rice impact|impact",
    "rice_confidence": "rice confidence|confidence",
    "rice_effort": "rice effort",
    "wsjf_business_value": "wsjf business value|business value|user business value|geschäftswert|valeur métier",
    "wsjf_time_criticality": "wsjf time criticality|time criticality",
    "wsjf_risk_reduction": "wsjf risk reduction|risk reduction|risk reduction opportunity enablement",
    "wsjf_job_size": "wsjf job size|job size",
    "external_id": (
        "external id|issue key|issue id|work item id|ticket id|ticket key|ticket no|ticket no.|ticket number|"
        "request id|feature id|idea id|card id|task id|item id|id|key|reference|ref|reference no|reference number|"
        "feature reference #|vorgangsschlüssel|vorgangs-id|ticketnummer|nummer|clé de ticket|clé|référence|"
        "clave de incidencia|clave|chave da item|chave do item|chave da ocorrência|chave|chiave|codice|sleutel|"
        "klucz|klucz zgłoszenia|numer zgłoszenia"
    ),
    "external_url": "external url|url|link|web link|issue url|card url|permalink|lien|enlace|adres url",
}

_STATES: Mapping[Lifecycle, str] = {
    Lifecycle.NEW: (
        "new|to do|todo|open|backlog|not started|inbox|ideas|idea|submitted|requested|pending|proposed|created|"
        "unstarted|triage|no status|parking lot|future|later|icebox|planned later|upcoming|"
        "neu|offen|zu erledigen|nicht begonnen|eingereicht|idee|vorgeschlagen|"
        "nouveau|ouvert|à faire|a faire|proposé|soumis|nuevo|abierto|por hacer|pendiente|tareas por hacer|propuesto|"
        "novo|aberto|a fazer|pendente|tarefas pendentes|proposto|nuovo|aperto|da fare|in attesa|proposto da|"
        "nieuw|te doen|openstaand|voorgesteld|nowe|nowy|otwarte|do zrobienia|oczekujące|zgłoszone|zaproponowane"
    ),
    Lifecycle.NEEDS_INFO: (
        "needs info|need info|waiting for info|waiting for customer|on hold|blocked|more info needed|clarification|"
        "rückfrage|wartet|blockiert|klärung|en attente|bloqué|bloqueado|en espera|em espera|bloccato|geblokkeerd|"
        "wstrzymane|zablokowane|do wyjaśnienia"
    ),
    Lifecycle.UNDER_REVIEW: (
        "under review|in review|review|reviewing|under consideration|considering|evaluating|analysis|in analysis|"
        "discovery|research|triaged|assessment|exploring|in prüfung|prüfung|in bewertung|analyse|in klärung|"
        "en revue|en cours d'étude|en analyse|à l'étude|en revisión|en análisis|em análise|em revisão|"
        "in revisione|in esame|in analisi|in beoordeling|in onderzoek|w trakcie analizy|w analizie|do przeglądu"
    ),
    Lifecycle.APPROVED_IN_PRINCIPLE: (
        "approved in principle|approved|accepted|planned|ready|ready for dev|ready for development|ready to start|"
        "selected for development|committed|scheduled|next|prioritized|prioritised|up next|ready to ship design|"
        "genehmigt|freigegeben|geplant|eingeplant|ausgewählt für entwicklung|approuvé|validé|planifié|accepté|"
        "aprobado|planificado|aceptado|aprovado|planejado|aceito|approvato|pianificato|goedgekeurd|gepland|"
        "zatwierdzone|zaplanowane|zaakceptowane"
    ),
    Lifecycle.IN_PROGRESS: (
        "in progress|doing|started|active|in development|in dev|development|wip|working on it|ongoing|underway|now|"
        "implementing|in implementation|testing|in testing|qa|in qa|code review|in delivery|in build|building|"
        "in arbeit|in bearbeitung|in umsetzung|läuft|begonnen|aktiv|in entwicklung|"
        "en cours|en développement|en curso|en progreso|en desarrollo|em andamento|em progresso|em desenvolvimento|"
        "in corso|in lavorazione|in sviluppo|bezig|in uitvoering|mee bezig|w toku|w trakcie|w realizacji"
    ),
    Lifecycle.DONE: (
        "done|closed|complete|completed|resolved|finished|shipped|released|launched|live|delivered|deployed|merged|"
        "implemented|archived done|erledigt|fertig|abgeschlossen|geschlossen|umgesetzt|gelöst|"
        "terminé|fini|fermé|livré|résolu|hecho|cerrado|terminado|finalizado|resuelto|listo|completado|"
        "concluído|feito|fechado|pronto|itens concluídos|resolvido|entregue|"
        "fatto|chiuso|completato|finito|risolto|klaar|gereed|gesloten|afgerond|voltooid|"
        "gotowe|zamknięte|zakończone|zrobione|rozwiązane"
    ),
    Lifecycle.REJECTED: (
        "rejected|declined|won't do|wont do|won't fix|wontfix|not planned|denied|duplicate|will not implement|"
        "abgelehnt|verworfen|wird nicht gemacht|rejeté|refusé|rechazado|no se hará|rejeitado|recusado|"
        "rifiutato|respinto|afgewezen|odrzucone|odrzucony"
    ),
    Lifecycle.WITHDRAWN: (
        "withdrawn|cancelled|canceled|removed|abandoned|dropped|zurückgezogen|abgebrochen|storniert|annulé|retiré|"
        "cancelado|retirado|anulado|retirada|annullato|ritirato|geannuleerd|ingetrokken|wycofane|anulowane"
    ),
}

_RISKS: Mapping[RiskLevel, str] = {
    RiskLevel.LOW: "low|minor|niedrig|gering|faible|bajo|baixo|basso|laag|niskie|niski",
    RiskLevel.MEDIUM: "medium|med|moderate|mittel|moyen|medio|médio|gemiddeld|średnie|średni",
    RiskLevel.HIGH: "high|hi|major|critical|severe|hoch|élevé|alto|hoog|wysokie|wysoki",
}


@cache
def synonyms() -> Mapping[str, tuple[str, int]]:
    """Our column by the normalised names that others have for it, with its place among these: the first is surest."""
    found: dict[str, tuple[str, int]] = {}
    for column, names in _COLUMNS.items():
        for place, name in enumerate([column, *names.split("|")]):
            found.setdefault(normalised(name), (column, place))
    return found


@cache
def names_of(column: str) -> tuple[str, ...]:
    """The names that others have for a column of ours, normalised."""
    return tuple(map(normalised, _COLUMNS.get(column, "").split("|"))) if column in _COLUMNS else ()


def letters_of(text: str) -> str:
    """A word by its letters and digits alone."""
    return "".join(filter(str.isalnum, normalised(text)))


@cache
def words_of(column: str) -> Mapping[str, str]:
    """Our word of a choice by the letters of those that others have for it."""
    known: Mapping[Lifecycle, str] | Mapping[RiskLevel, str] = {}
    if column == "lifecycle_status":
        known = _STATES
    elif column == "risk_level":
        known = _RISKS
    found: dict[str, str] = {}
    for word, names in known.items():
        for name in (str(word), *names.split("|")):
            found.setdefault(letters_of(name), str(word))
    return found
