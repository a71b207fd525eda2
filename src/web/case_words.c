/* web/case_words.c - cases as people speak of them.  A test holds that nothing is left out. */
#include "web/case_words.h"
#include <string.h>
#include "cases/reasons.h"

/* ---- states ------------------------------------------------------------------------------------------------------------ */

static const struct fair_state_words states[FAIR_N_STATES] = {
    [FAIR_DRAFT] = { "Being prepared", "Nobody has been written to. First it is settled who asks, with what right, and for which picture." },
    [FAIR_EVIDENCE] = { "Evidence is gathered", "Nobody has been written to. The use is captured as it stands, sealed and verified." },
    [FAIR_REVIEW] = { "Looked through", "Nobody has been written to. Now licences, exceptions, who is responsible, and the dates are looked at." },
    [FAIR_READY] = { "Ready to ask", "Nobody has been written to. What is left is the first letter: a question, without a sum and without a threat." },
    [FAIR_INQUIRY] = { "Asked", "The question has gone out." },
    [FAIR_OFFER] = { "Licence offered", "A licence was offered." },
    [FAIR_DEMAND] = { "Formally warned", "The formal warning has gone out." },
    [FAIR_SETTLEMENT] = { "Talks", "Both sides talk, without prejudice." },
    [FAIR_COURT_PREP] = { "With counsel", "Counsel of that country decides whether to go to court." },
    [FAIR_COURT] = { "Before the court", "A court has it." },
    [FAIR_DISPUTED] = { "Disputed: you answer", "The recipient objects. Every clock stands still, and each objection wants your answer; silence lets the case lapse." },
    [FAIR_DISPUTE_REVIEW] = { "Disputed: a second person decides", "Your answer is given. Somebody who did not make the case decides; if nobody takes it up, it closes for the recipient." },
    [FAIR_RETURN] = { "Objection rejected, may be appealed", "The objection was rejected with reasons. The recipient may appeal." },
    [FAIR_APPEAL] = { "Appealed: another person decides", "The recipient appealed. Somebody who has not decided before decides; if nobody does, it closes for the recipient." },
    [FAIR_RETURN_FINAL] = { "Appeal rejected", "The appeal was rejected with reasons. The case may go on." },
    [FAIR_INFO_REQUESTED] = { "The recipient asks", "The recipient asked something. Every clock stands still until it is answered; silence lets the case lapse." },
    [FAIR_CURE] = { "Said to be removed or credited", "The recipient says so. It is looked at three times over seven days; if nobody looks, the case lapses." },
    [FAIR_AGREED] = { "Agreed", "Both sides agreed." },
    [FAIR_PAID] = { "Paid", "What was agreed is paid." },
    [FAIR_HOLD] = { "On hold", "It stands still. Ninety days in all, then it closes." },
    [FAIR_CLOSED_LICENSED_BEFORE] = { "Closed: there was a licence", "There was a licence." },
    [FAIR_CLOSED_LICENCE_SOLD] = { "Closed: a licence was sold", "A licence was sold." },
    [FAIR_CLOSED_REMOVED_FREE] = { "Closed: removed", "The picture was removed; nothing was paid." },
    [FAIR_CLOSED_CREDITED] = { "Closed: credited", "The credit was added; nothing was paid." },
    [FAIR_CLOSED_SETTLED] = { "Closed: settled", "Both sides settled." },
    [FAIR_CLOSED_JUDGMENT] = { "Closed: judgment", "A court decided." },
    [FAIR_CLOSED_EXCEPTION] = { "Closed: the law allows it", "The law allows this use." },
    [FAIR_CLOSED_WRONG] = { "Closed: we were wrong", "The claim was wrong; with an apology." },
    [FAIR_CLOSED_LAPSED] = { "Closed: lapsed", "The claimant was silent for too long." },
    [FAIR_CLOSED_TIME_BARRED] = { "Closed: too late", "The claim was time-barred." },
    [FAIR_CLOSED_UNECONOMIC] = { "Closed: not worth its cost", "Going on was not worth its cost." },
    [FAIR_CLOSED_OWNER_WITHDREW] = { "Closed: withdrawn", "The owner let it be." },
    [FAIR_CLOSED_LOST] = { "Closed: lost", "A court decided against the claim." },
    [FAIR_CLOSED_HANDED_OVER] = { "Closed: handed to a lawyer", "The owner's own lawyer goes on; Fairtrack sends nothing more." },
    [FAIR_TD_DRAFT] = { "Takedown: being prepared", "The host has not been written to. First exceptions are considered, in writing." },
    [FAIR_TD_CONSIDERED] = { "Takedown: considered", "Exceptions were considered. A person signs the notice next." },
    [FAIR_TD_SIGNED] = { "Takedown: signed", "A person has signed the notice; the same person has it sent." },
    [FAIR_TD_SENT] = { "Takedown: sent", "The notice has gone to the host." },
    [FAIR_TD_ACK] = { "Takedown: the host has it", "The host has confirmed that it has the notice." },
    [FAIR_TD_REMOVED] = { "Takedown: removed", "The host has removed it." },
    [FAIR_TD_COUNTERED] = { "Takedown: countered", "Whoever published it says that the notice is a mistake. Without a suit it is put back after 14 business days." },
    [FAIR_TD_SUIT_NOTICED] = { "Takedown: a suit was announced", "The host was told of a suit." },
    [FAIR_TD_DONE] = { "Closed: it stays removed", "It stays removed." },
    [FAIR_TD_REJECTED] = { "Closed: the host refused", "The host refused." },
    [FAIR_TD_RESTORED] = { "Closed: put back", "The host put it back." },
    [FAIR_TD_RETRACTED] = { "Closed: taken back", "The notice was taken back." },
    [FAIR_TD_LAPSED] = { "Closed: lapsed", "Nobody went on with it." },
    [FAIR_HIT_NEW] = { "Found", "It was found." },
    [FAIR_HIT_MATCH_CHECK] = { "Compared", "The matcher looks." },
    [FAIR_HIT_INBOX] = { "To be decided", "A person decides." },
    [FAIR_HIT_WATCH] = { "Left until a day", "It is left until a day." },
    [FAIR_HIT_IGNORED] = { "Ignored", "It is left alone." },
    [FAIR_HIT_NOT_MATCH] = { "No match", "It is no copy." },
    [FAIR_HIT_PURSUE] = { "Pursued", "It is pursued." },
    [FAIR_HIT_TAKEDOWN_ONLY] = { "Only the host is asked", "Only the host is asked." },
    [FAIR_HIT_REJECTED_AUTO] = { "No copy", "The matcher says that it is no copy." },
};

const struct fair_state_words *
fair_case_state_words(enum fair_case_state s)
{
    return &states[s];
}

fair_str
fair_state_said(fair_str name)
{
    enum fair_case_state s;
    return fair_state_parse(name, &s) && states[s].name != NULL ? fair_str_of(states[s].name) : name;
}

/* ---- moves ------------------------------------------------------------------------------------------------------------- */

#define ON FAIR_MOVES_ON
#define BESIDE FAIR_MOVES_BESIDE
#define DECIDE FAIR_MOVES_DECIDE
#define HEARD FAIR_MOVES_HEARD
#define CLOSE FAIR_MOVES_CLOSE
#define NOTE FAIR_ASKS_NOTE
#define REASON FAIR_ASKS_REASON
#define LETTER FAIR_ASKS_LETTER

static const struct fair_move_words moves[FAIR_N_MOVES] = {
    [FAIR_DO_GATHER] = { "Begin: gather the evidence", "It was begun: the evidence is gathered.", "Nobody is written to by this.", NOTE, ON },
    [FAIR_DO_SEAL] = { "The evidence is sealed: go on", "The evidence is sealed.", "Nobody is written to by this.", NOTE, ON },
    [FAIR_DO_READY_UP] = { "All was looked at: it is ready", "All was looked at; it is ready for the first letter.", "Nobody is written to by this.", NOTE, ON },
    [FAIR_DO_BACK] = { "Back to the preparations", "It went back to the preparations.", NULL, NOTE, BESIDE },
    [FAIR_DO_INQUIRE] = { "Send the question", "The question was sent.", "The letter leaves as it was approved. The recipient has time from the day on which delivery is proven.", LETTER | NOTE, ON },
    [FAIR_DO_MAKE_OFFER] = { "Send the offer of a licence", "A licence was offered.", NULL, LETTER | NOTE, ON },
    [FAIR_DO_MAKE_DEMAND] = { "Send the formal warning", "The formal warning was sent.", NULL, LETTER | NOTE, ON },
    [FAIR_DO_NEGOTIATE] = { "Begin talks", "Talks were begun.", NULL, LETTER | NOTE, ON },
    [FAIR_DO_PREPARE_COURT] = { "Prepare a suit", "A suit is prepared.", NULL, NOTE, ON },
    [FAIR_DO_GO_TO_COURT] = { "Go to court", "It went to court.", NULL, NOTE, ON },
    [FAIR_DO_OPEN_TALKS] = { "Open talks", "The recipient opened talks.", NULL, NOTE, HEARD },
    [FAIR_DO_REMIND] = { "Send the reminder", "A reminder was sent.", "One a step, and two in all.", LETTER | NOTE, ON },
    [FAIR_DO_RESEND] = { "Send the same letter again, by post", "The same letter was sent again.", NULL, LETTER | NOTE, BESIDE },
    [FAIR_DO_LETTER] = { "Send the letter", "A letter was sent.", "Receipts, answers and closing letters ask for nothing.", LETTER | NOTE, ON },
    [FAIR_DO_DELIVERED] = { "Delivery is proven", "Delivery was proven.", "Only by a tracked letter or a registered mail: the recipient's time begins.", REASON, HEARD },
    [FAIR_DO_UNDELIVERED] = { "It came back", "The letter came back.", NULL, NOTE, HEARD },
    [FAIR_DO_REPLY] = { "An answer came", "An answer came.", "From whatever address: the clock stands still until a person has read it.", NOTE, HEARD },
    [FAIR_DO_READ_IT] = { "It was read", "What came was read.", "The clock goes on.", NOTE, HEARD },
    [FAIR_DO_ANSWER] = { "They answered", "The recipient answered.", NULL, NOTE, HEARD },
    [FAIR_DO_ASK_PRICE] = { "They asked for a price", "The recipient asked what a licence costs.", NULL, NOTE, HEARD },
    [FAIR_DO_ASK] = { "They asked something", "The recipient asked something.", "Every clock stands still until it is answered.", REASON, HEARD },
    [FAIR_DO_TELL] = { "The question was answered", "The question was answered.", "The clock goes on.", NOTE, ON },
    [FAIR_DO_ASK_TIME] = { "They ask for time", "More time was asked for.", "14 days are given once a step for the asking.", NOTE, HEARD },
    [FAIR_DO_GRANT_TIME] = { "Give more time", "More time was given.", NULL, NOTE | FAIR_ASKS_DAYS, BESIDE },
    [FAIR_DO_CURE_IT] = { "They say it is removed or credited", "The recipient says that it is removed or credited.", "It is looked at three times over seven days.", NOTE | FAIR_ASKS_CREDIT, HEARD },
    [FAIR_DO_CURED] = { "Close: it is gone", "It is gone: closed.", "Free of charge.", NOTE, CLOSE },
    [FAIR_DO_CREDITED] = { "Close: the credit is there", "The credit is there: closed.", "Free of charge.", NOTE, CLOSE },
    [FAIR_DO_CURED_PART] = { "That part is done", "The removal is done; the rest goes on.", "The case returns to the step it came from.", NOTE, ON },
    [FAIR_DO_NOT_CURED] = { "It is still there", "It was still there.", "After three looks over seven days: the case returns to the step it came from.", REASON, ON },
    [FAIR_DO_DISPUTE] = { "They object", "The recipient objects.", "Every clock stops at once.", NOTE | FAIR_ASKS_GROUND | FAIR_ASKS_WORDS, HEARD },
    [FAIR_DO_UNDISPUTE] = { "They take the objection back", "The recipient took the objection back.", NULL, NOTE, HEARD },
    [FAIR_DO_ANSWER_DISPUTE] = { "Answer the objection", "The objection was answered.", "Your words go to whoever decides. Each ground wants its own answer.", FAIR_ASKS_GROUND | FAIR_ASKS_WORDS, DECIDE },
    [FAIR_DO_TAKE_UP] = { "Take it up", "A second person took it up.", "You look at it and decide within 14 days. Without a decision it closes for the recipient.", NOTE, DECIDE },
    [FAIR_DO_REJECT] = { "Reject the objection", "The objection was rejected.", "Your reasons are sent to the recipient, who may appeal.", REASON, DECIDE },
    [FAIR_DO_MAKE_APPEAL] = { "They appeal", "The recipient appealed.", "Somebody else decides.", NOTE, HEARD },
    [FAIR_DO_REJECT_APPEAL] = { "Reject the appeal", "The appeal was rejected.", "Your reasons are sent to the recipient.", REASON, DECIDE },
    [FAIR_DO_RESUME] = { "The case goes on", "The case went on.", NULL, NOTE, DECIDE },
    [FAIR_DO_PROPOSE] = { "They propose something", "The recipient proposed something.", NULL, NOTE, HEARD },
    [FAIR_DO_AGREE] = { "They accept", "The recipient accepted.", NULL, NOTE, HEARD },
    [FAIR_DO_ACCEPT] = { "Accept what they propose", "The proposal was accepted.", NULL, NOTE, BESIDE },
    [FAIR_DO_PAY] = { "A payment came", "A payment came.", NULL, NOTE, HEARD },
    [FAIR_DO_BREAK] = { "The agreement is broken", "The agreement was broken.", "Back to the step before, never past it.", LETTER | REASON, BESIDE },
    [FAIR_DO_SETTLED] = { "Close: settled", "It is settled: closed.", NULL, NOTE, CLOSE },
    [FAIR_DO_SELL] = { "Close: a licence was sold", "A licence was sold: closed.", NULL, NOTE, CLOSE },
    [FAIR_DO_PUT_ON_HOLD] = { "Put it on hold", "It was put on hold.", "Wrong party, hardship, an owner who is away, and the like: 90 days in all.", REASON, BESIDE },
    [FAIR_DO_RELEASE] = { "Go on again", "It goes on again.", NULL, NOTE, ON },
    [FAIR_DO_LAWYER_ONLY] = { "They want letters to their lawyer only", "All contact goes to the recipient's lawyer.", NULL, NOTE, HEARD },
    [FAIR_DO_COMPLAIN] = { "They complain", "The recipient complained.", NULL, NOTE, HEARD },
    [FAIR_DO_ASK_DATA] = { "They ask about their data", "The recipient asked about their personal data.", NULL, NOTE, HEARD },
    [FAIR_DO_WITHDRAW] = { "Withdraw", "The owner withdrew.", "Free of charge, at any time. A letter tells the recipient.", NOTE, CLOSE },
    [FAIR_DO_HAND_OVER] = { "Hand it to my own lawyer", "It was handed to the owner's lawyer.", "Fairtrack sends nothing more. A last letter names the lawyer.", REASON, CLOSE },
    [FAIR_DO_LICENSED] = { "Close: there is a licence", "There was a licence: closed.", "Never asked again for this work there.", REASON, CLOSE },
    [FAIR_DO_EXCEPTION] = { "Close: the law allows it", "The law allows it: closed.", "Never asked again for this work there.", REASON, CLOSE },
    [FAIR_DO_WRONG] = { "Close: we were wrong", "The claim was wrong: closed, with an apology.", "Never asked again for this work there.", REASON, CLOSE },
    [FAIR_DO_TIME_BARRED] = { "Close: it is too late", "It is too late: closed.", NULL, REASON, CLOSE },
    [FAIR_DO_UNECONOMIC] = { "Close: not worth its cost", "It is not worth its cost: closed.", NULL, REASON, CLOSE },
    [FAIR_DO_LAPSE] = { "Lapse", "It lapsed.", NULL, NOTE, CLOSE },
    [FAIR_DO_JUDGMENT] = { "Close: the court decided", "The court decided: closed.", NULL, REASON, CLOSE },
    [FAIR_DO_LOSE] = { "Close: the court decided against it", "The court decided against it: closed.", NULL, REASON, CLOSE },
    [FAIR_DO_TD_CONSIDER] = { "Exceptions were considered: go on", "Exceptions were considered.", NULL, NOTE, ON },
    [FAIR_DO_TD_SIGN] = { "Sign the notice", "The notice was signed.", "Under penalty of perjury.", NOTE, ON },
    [FAIR_DO_TD_SEND] = { "Send the notice to the host", "The notice was sent to the host.", "Only who signed may have it sent.", LETTER | NOTE, ON },
    [FAIR_DO_TD_ACKED] = { "The host has it", "The host has the notice.", NULL, NOTE, HEARD },
    [FAIR_DO_TD_TAKEN_DOWN] = { "It is gone", "The host removed it.", NULL, NOTE, HEARD },
    [FAIR_DO_TD_REFUSE] = { "The host refuses", "The host refused.", NULL, REASON, HEARD },
    [FAIR_DO_TD_COUNTER] = { "A counter-notice came", "A counter-notice came.", NULL, NOTE, HEARD },
    [FAIR_DO_TD_SUE] = { "The host was told of a suit", "The host was told of a suit.", NULL, NOTE, ON },
    [FAIR_DO_TD_RESTORE] = { "It was put back", "The host put it back.", NULL, NOTE, HEARD },
    [FAIR_DO_TD_RETRACT] = { "Take the notice back", "The notice was taken back.", "The host is told.", NOTE, CLOSE },
    [FAIR_DO_TD_LAPSE] = { "Lapse", "It lapsed.", NULL, NOTE, CLOSE },
    [FAIR_DO_TD_FINISH] = { "Close: it stays removed", "It stays removed: closed.", NULL, NOTE, CLOSE },
    [FAIR_DO_HIT_CHECK] = { "Compare", "It was compared.", NULL, 0, ON },
    [FAIR_DO_HIT_REJECT] = { "No copy", "It is no copy.", NULL, 0, ON },
    [FAIR_DO_HIT_SHOW] = { "Show it", "It was put before a person.", NULL, 0, ON },
    [FAIR_DO_HIT_IGNORE] = { "Ignore", "It was ignored.", NULL, 0, ON },
    [FAIR_DO_HIT_WAIT] = { "Leave it until a day", "It was left until a day.", NULL, 0, ON },
    [FAIR_DO_HIT_GO] = { "Pursue", "It was pursued.", NULL, 0, ON },
    [FAIR_DO_HIT_NO_MATCH] = { "Not a match", "It is no match.", NULL, 0, ON },
    [FAIR_DO_HIT_TAKEDOWN] = { "Only ask the host", "Only the host is asked.", NULL, 0, ON },
    [FAIR_DO_HIT_REOPEN] = { "Back to the inbox", "It is to be decided anew.", NULL, 0, ON },
};

const struct fair_move_words *
fair_move_words(enum fair_move m)
{
    return &moves[m];
}

const char *
fair_move_by_time(enum fair_move m)
{
    switch (m) {
    case FAIR_DO_LAPSE: case FAIR_DO_TD_LAPSE: return "the case lapses";
    case FAIR_DO_BACK: return "it goes back to the preparations";
    case FAIR_DO_WRONG: return "it closes for the recipient, with an apology";
    case FAIR_DO_UNECONOMIC: return "it closes as not worth its cost";
    case FAIR_DO_SETTLED: return "it closes as settled";
    case FAIR_DO_TD_RESTORE: return "it counts as put back";
    case FAIR_DO_TD_FINISH: return "it closes: it stays removed";
    default: return NULL;
    }
}

const char *
fair_actor_words(enum fair_actor a)
{
    static const char *const words[FAIR_N_ACTORS] = { "Fairtrack by itself", "owner", "case worker", "reviewer", "counsel", "the recipient", "the host" };
    return words[a];
}

/* ---- words of rows ----------------------------------------------------------------------------------------------------- */

struct said { const char *word, *said; };

static const char *
look_up(const struct said *all, size_t n, fair_str word)
{
    for (size_t i = 0; i < n; i++)
        if (fair_str_eq(word, fair_str_of(all[i].word))) return all[i].said;
    return NULL;
}
#define LOOK_UP(all, word) look_up(all, sizeof all / sizeof *all, word)

fair_str
fair_ground_said(fair_str name)
{
    static const struct said all[] = { { "licence", "there is a licence" }, { "mine", "it is their own picture" }, { "free", "it is free to use: Creative Commons or public domain" },
        { "exception", "the law allows this use" }, { "not_me", "they are not responsible, or the page only shows it from elsewhere" }, { "no_match", "it is not the same picture" },
        { "other", "another reason" } };
    const char *s = LOOK_UP(all, name);
    return s != NULL ? fair_str_of(s) : name;
}

static const struct said steps[] = {
    { "inquiry", "The first question" }, { "inquiry-cc", "The first question, for a work that was ever under Creative Commons" }, { "reminder", "A reminder" },
    { "answer-licence", "Receipt: they show a licence" }, { "answer-own-work", "Receipt: it is their own work" }, { "answer-free", "Receipt: Creative Commons or public domain" },
    { "answer-exception", "Receipt: the law allows it" }, { "answer-not-me", "Receipt: wrong party, or only embedded" }, { "answer-other", "Receipt: another objection" },
    { "answer-cured", "Receipt: removed or credited" }, { "answer-hardship", "Receipt: hardship" }, { "answer-offer", "Receipt: a proposal" }, { "answer-complaint", "Receipt: a complaint" },
    { "answer-time", "More time is given" }, { "answer-question", "An answer to their question, in your words" }, { "answer-lawyer", "From now on only to their lawyer" },
    { "answer-data", "What we hold of them" }, { "decision", "The decision on an objection, with reasons" },
    { "close-licensed-before", "Closing letter: there was a licence" }, { "close-removed", "Closing letter: removed" }, { "close-credited", "Closing letter: credited" },
    { "close-exception", "Closing letter: the law allows it" }, { "close-wrong", "Closing letter: an apology" }, { "close-lapsed", "Closing letter: lapsed" },
    { "close-time-barred", "Closing letter: too late" }, { "close-uneconomic", "Closing letter: not worth its cost" }, { "close-withdrawn", "Closing letter: withdrawn" },
    { "close-handed-over", "Closing letter: the owner's lawyer goes on" }, { "close-licence-sold", "Closing letter: a licence was sold" }, { "close-settled", "Closing letter: settled" },
    { "close-judgment", "Closing letter: a court has decided" }, { "close-lost", "Closing letter: a court has decided for them" }, { "licence-ends", "A licence that was sold ends soon" },
    { "inquiry-renewal", "A question after a licence has ended: renew or remove" },
};

fair_str
fair_letter_step_said(fair_str step)
{
    const char *s = LOOK_UP(steps, step);
    return s != NULL ? fair_str_of(s) : step;
}

const char *
fair_letter_step_at(size_t i)
{
    return i < sizeof steps / sizeof *steps ? steps[i].word : NULL;
}

enum fair_move
fair_letter_move(fair_str step)
{
    if (fair_str_starts(step, FAIR_STR("inquiry"))) return FAIR_DO_INQUIRE;
    return fair_str_eq(step, FAIR_STR("reminder")) ? FAIR_DO_REMIND : FAIR_DO_LETTER;
}

const char *
fair_notice_state_said(fair_str state)
{
    static const struct said all[] = { { "draft", "a draft, to be read and approved" }, { "approved", "approved, not sent" }, { "queued", "on its way out" }, { "sent", "sent; delivery is not proven" },
        { "delivered", "delivered" }, { "undelivered", "came back" }, { "dropped", "set aside" } };
    return LOOK_UP(all, state);
}

const char *
fair_answer_said(fair_str what)
{
    static const struct said all[] = { { "licence", "We have a licence" }, { "own", "It is our own picture" }, { "free", "It is free to use" }, { "exception", "The law allows it" },
        { "not_me", "It is not us" }, { "done", "It is removed or credited" }, { "time", "We ask for time" }, { "question", "We ask something" }, { "offer", "A price or an offer" },
        { "complain", "A complaint, or about our data" }, { "confirm", "We have received it" }, { "appeal", "We appeal" }, { "rate", "A rating" }, { "never", "Never again, please" },
        { "renew", "A new link, please" }, { "reply", "A mail" }, { "bounce", "It could not be delivered" }, { "automatic", "An automatic answer" }, { "other", "A mail that belongs to no letter of ours" },
        { "unreadable", "A mail that cannot be read" } };
    return LOOK_UP(all, what);
}

/* ---- reasons and where they are mended ------------------------------------------------------------------------------- */

static const struct { const char *code, *label, *href; } mends[] = {
    { "G1_unknown", "Show who you are", "/owners#identity" }, { "G1_needs_document", "Show a document or a register", "/owners#identity" },
    { "G2_conflict", "Settle the other claim", "work:#ownership" }, { "G2_independent", "Have counsel check the proof", "work:#ownership" }, { "G2_ai", "Say what a person made of it", "work:#declaration" },
    { "G3_not_checked", "Look at the mandates", "/owners#mandates" }, { "G3_*", "Enter a mandate that covers it", "/owners#mandates" },
    { "G4_not_confirmed", "Look at the match", "hit:" }, { "G4_not_seen", "Look at both side by side", "#match" },
    { "G5_not_sealed", "Capture and seal it", "hit:#captures" }, { "G5_*", "Take a second look", "hit:#captures" },
    { "G6_declaration", "Declare where it was ever published", "work:#declaration" }, { "G6_ledger", "Look at the licences", "/licences" }, { "G6_markers", "Capture the page", "hit:#captures" },
    { "G6_outside", "Enter what a search outside found", "#facts" }, { "G6_hit", "Look at the licences", "/licences" },
    { "G7_*", "Fill in and sign the worksheet", "#worksheet" },
    { "G8_not_confirmed", "Confirm who runs the site", "#party" }, { "G8_hosting", "Say where the picture lies", "#party-is" }, { "G8_kind", "Say whether they are private or commercial", "#party-is" },
    { "G8_embedded", "Look for who holds the picture", "#party" }, { "G8_platform", "Look at who uploaded it", "#party" }, { "G8_*", "Enter who runs the site", "#party" },
    { "G9_*", "Enter the dates", "#facts" }, { "G10_free_track", "Close it when it is removed", "#close" },
    { "G11_not_reviewed", "Ask your lawyer to review the letters of this law", NULL }, { "G11_*", "Make the letter anew", "#letters" }, { "G12_no_counsel", "Name the lawyer", "#facts" },
    { "G12_not_economic", "Have counsel write it", "#facts" }, { "G12_not_entitled", "Enter by what right you write there", "/owners#mandates" }, { "G13_*", "Make the letter anew", "#letters" },
    { "G14_*", "Make the letter anew", "#letters" }, { "G15_unread", "Read what came", "#answers" }, { "G15_lawyer_only", "Enter their lawyer", "#party" }, { "G15_dispute", "Answer the recipient", "#disputes" },
    { "G16_*", "Make the letter anew", "#letters" }, { "G17_not_reachable", "Look at the self-check", "/settings" }, { "G17_mail", "Look at the self-check", "/settings" },
    { "G17_*", "Make the letter anew", "#letters" }, { "G18_no_signer", "Read and approve the letter", "#letters" }, { "G18_*", "Ask a second person: reviewer or counsel", "/users" },
    { "G19_*", "What this is, and what ends it", "/cases#brake" }, { "G2_*", "Show that the picture is yours", "work:#ownership" },
    { "R_unanswered", "Answer each objection", "#disputes" }, { "R_no_such_move", "What comes first", "#may" }, { "R_not_delivered", "Look at the letters", "#letters" },
};

bool
fair_reason_mend(int why, struct fair_mend *out)
{
    fair_str code = fair_str_of(fair_reason_code(why));

    for (size_t i = 0; i < sizeof mends / sizeof *mends; i++) {
        size_t n = strlen(mends[i].code);
        bool all = mends[i].code[n - 1] == '*';
        if (all ? !fair_str_starts(code, (fair_str){ mends[i].code, n - 1 }) : !fair_str_eq(code, fair_str_of(mends[i].code))) continue;
        if (mends[i].href == NULL) return false;
        *out = (struct fair_mend){ mends[i].label, mends[i].href };
        return true;
    }
    return false;
}

bool
fair_reason_of_letter(int why)
{
    switch (why) {
    case FAIR_G11_identity: case FAIR_G11_privacy: case FAIR_G11_wording: case FAIR_G11_full: case FAIR_G11_not_reviewed: case FAIR_G11_review_old:
    case FAIR_G13_language: case FAIR_G13_reading: case FAIR_G13_banned: case FAIR_G14_short:
    case FAIR_G16_art14: case FAIR_G16_source: case FAIR_G16_retention: case FAIR_G16_contact:
    case FAIR_G17_not_signed: case FAIR_G17_no_id: case FAIR_G17_not_reachable: case FAIR_G17_mail: case FAIR_G18_no_signer: case FAIR_G18_no_second: case FAIR_G18_same:
        return true;
    default: return false;
    }
}
