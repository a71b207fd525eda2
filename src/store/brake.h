/* store/brake.h - what counts as refuted, once, for the gate and for the report. */
#ifndef FAIR_STORE_BRAKE_H
#define FAIR_STORE_BRAKE_H
#include "store/case_private.h"

/* 1 for a case in which whoever asked was wrong: licensed before, an exception, wrong, lost in court; let lapse or withdrawn while the recipient's
 * dispute stood; a takedown that the host refused or that was countered, unless a suit followed - also if it was taken back afterwards. */
#define FAIR_REFUTED(c)                                                                                                          \
    "(CASE WHEN " c ".state IN ('CLOSED_WRONG', 'CLOSED_LICENSED_BEFORE', 'CLOSED_EXCEPTION', 'CLOSED_LOST', 'TD_REJECTED', 'TD_RESTORED')" \
    " OR (" c ".state IN ('CLOSED_LAPSED', 'CLOSED_OWNER_WITHDREW') AND EXISTS (SELECT 1 FROM dispute x WHERE x.org_id = " c ".org_id"      \
    " AND x.case_id = " c ".id AND (x.decision IS NULL OR x.decision = 'accepted')))"                                             \
    " OR (" c ".state NOT IN ('TD_SUIT_NOTICED', 'TD_DONE') AND EXISTS (SELECT 1 FROM case_event v WHERE v.org_id = " c ".org_id" \
    " AND v.case_id = " c ".id AND v.became = 'TD_COUNTERED')) THEN 1 ELSE 0 END)"

/* G19 for a case: the organisation's last letters, or those for one of its owners where they are worse. */
fair_status fair_case_brake(const struct fair_desk *d, fair_id case_id, fair_time now, struct fair_arena *a, struct fair_facts *f, struct fair_err *err) FAIR_MUST_CHECK;

#endif
