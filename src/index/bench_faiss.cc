/* index/bench_faiss.cc - FAISS's binary indexes behind three C functions; built for the benchmark only. */
#include "index/bench_faiss.h"
#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexBinaryHash.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <omp.h>
#include <memory>

struct fair_peer {
    std::unique_ptr<faiss::IndexBinary> index;
};

struct fair_peer *
fair_peer_new(int kind, const uint8_t *codes, size_t n)
{
    auto *p = new fair_peer;

    omp_set_num_threads(1);
    if (kind == 0) {
        p->index = std::make_unique<faiss::IndexBinaryFlat>(256);
    } else {
        auto hash = std::make_unique<faiss::IndexBinaryMultiHash>(256, 16, 16);
        hash->nflip = 1;
        p->index = std::move(hash);
    }
    p->index->add((faiss::IndexBinary::idx_t)n, codes);
    return p;
}

size_t
fair_peer_within(struct fair_peer *p, const uint8_t *queries, size_t n, int radius)
{
    faiss::RangeSearchResult found(n);

    p->index->range_search((faiss::IndexBinary::idx_t)n, queries, radius + 1, &found);      /* it wants those under a bound */
    return found.lims[n];
}

void
fair_peer_free(struct fair_peer *p)
{
    delete p;
}
