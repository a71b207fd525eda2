/* index/verify.c - a second opinion on a pair laid on each other, by a small net that was taught what editing does and what it does not. */
#include "index/verify.h"
#include <pthread.h>
#include "fingerprint/net.h"
#include "index/verifier_sum.h" /* so that it is compiled anew with other weights */

/* The weights as tools/train-verifier writes them. */
FAIR_NET_WEIGHTS(fair_verifier_weights, FAIR_VERIFIER_FILE);

static struct fair_net *net;
static pthread_once_t net_once = PTHREAD_ONCE_INIT;

static void
make_net(void)
{
    net = fair_net_read("the verifier", fair_verifier_weights, fair_verifier_weights_end, (struct fair_net_shape){ FAIR_VERIFY_SIDE, FAIR_VERIFY_CHANNELS, 1, 1.f / FAIR_VERIFY_STEPS });
}

bool
fair_verify(const float *work, const float *query, float *odds)
{
    static _Thread_local int8_t in[FAIR_VERIFY_IN];
    double out;

    if (!fair_verify_show(work, query, in)) return false;
    pthread_once(&net_once, make_net);
    fair_net_run(net, in, &out);
    *odds = (float)out;
    return true;
}
