/* store/engine.h - what every engine's structs begin with. */
#ifndef FAIR_STORE_ENGINE_H
#define FAIR_STORE_ENGINE_H
#include "store/db.h"

struct fair_db {
    const struct fair_db_engine *engine;
    struct fair_rows **kept;  /* prepared statements, one place for each of the list */
    bool busy;                /* somebody else was writing: the whole transaction may be tried again */
    bool inside, lost;        /* in a transaction; the engine threw it away by itself */
};

struct fair_rows {
    const struct fair_db_engine *engine;
    struct fair_db *db;
    const struct fair_sql *sql;
    bool kept, running;
};

#endif
