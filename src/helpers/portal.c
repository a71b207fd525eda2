/* portal.c - fairtrack-portal: what recipients see and answer, over one folder, on this machine or on a small public one.
 *
 *   fairtrack-portal --dir DIR --listen ADDRESS:PORT [--public-url URL] [--door] [--weak] [--parent PID]
 *
 * It holds sealed copies and no database; it can read and write below DIR and nowhere else, and connect to nobody. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "base/log.h"
#include "portal/portal.h"
#include "proc/proc.h"

struct begun { const char *dir; bool weak, child; };

/* It listens; everything else is given up before the first stranger is heard. */
static fair_status
confine(void *arg, fair_str url, struct fair_err *err)
{
    const struct begun *b = arg;
    struct fair_confine how = { .weak = b->weak, .folder = b->dir };
    char text[400];

    FAIR_TRY(fair_proc_confine(FAIR_ROLE_PORTAL, &how, text, sizeof text, err));
    fair_log(FAIR_LOG_INFO, "portal.confined by=\"%s\"", text);
    if (b->child) return FAIR_OK;
    printf("%.*s\n", FAIR_STR_ARG(url));
    fflush(stdout);
    return FAIR_OK;
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {
        { "dir", required_argument, NULL, 'd' }, { "listen", required_argument, NULL, 'l' }, { "public-url", required_argument, NULL, 'u' },
        { "weak", no_argument, NULL, 'w' }, { "door", no_argument, NULL, 'D' }, { "parent", required_argument, NULL, 'p' }, { "help", no_argument, NULL, 'h' }, { 0 } };
    struct begun b = { 0 };
    struct fair_portal_options o = { .listen = FAIR_STR("127.0.0.1:8090"), .stop_fd = -1, .ready = confine, .arg = &b };
    struct fair_err err = { 0 };
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'd': b.dir = o.dir = optarg; break;
        case 'l': o.listen = fair_str_of(optarg); break;
        case 'u': o.public_url = fair_str_of(optarg); break;
        case 'w': b.weak = true; break;
        case 'D': o.door = true; break;
        case 'p':
            b.child = true;
            prctl(PR_SET_PDEATHSIG, SIGTERM);
            if (getppid() != (pid_t)strtol(optarg, NULL, 10)) return 0;
            break;
        default:
            fprintf(c == 'h' ? stdout : stderr, "usage: fairtrack-portal --dir DIR [--listen ADDRESS:PORT] [--public-url URL] [--door] [--weak]\n");
            return c == 'h' ? 0 : 2;
        }
    }
    if (o.dir == NULL || optind < argc) {
        fprintf(stderr, "usage: fairtrack-portal --dir DIR [--listen ADDRESS:PORT] [--public-url URL] [--door] [--weak]\n");
        return 2;
    }
    fair_log_begin("portal", FAIR_LOG_INFO);
    if (fair_portal_run(&o, &err) == FAIR_OK) return 0;
    fprintf(stderr, "fairtrack-portal: %s\n", err.text);
    return err.status == FAIR_INVALID ? 2 : 4;
}
