/* case_owner_facts.c - who asks and with what right, as far as rows prove it: G1, G2, G3, G12 and the ledger of G6. */
#include <string.h>
#include "store/case_private.h"

/* Works of a case that belong to somebody else than the organisation itself. */
FAIR_SQL(case_owners_others,
    "SELECT count(*) FROM case_use u JOIN work w ON w.org_id = u.org_id AND w.id = u.work_id"
    " WHERE u.org_id = $1 AND u.case_id = $2 AND w.owner_id IS NOT NULL");

fair_status
fair_case_owner_facts(const struct fair_desk *d, fair_id case_id, fair_time now, struct fair_arena *a, struct fair_facts *f, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    (void)now;
    (void)a;
    f->identity.k = -1;
    f->ownership.level = -1;
    FAIR_TRY(fair_desk_query(d, &case_owners_others, &q, err));
    fair_db_int(q, 2, case_id);
    FAIR_TRY(fair_db_step(q, err));
    /* For works of others we are an agent, whose mandate has to be shown; for our own the owner writes. */
    f->mandate.agent = fair_db_get_int(q, 0) > 0;
    f->sender.owner = !f->mandate.agent;
    return FAIR_OK;
}
