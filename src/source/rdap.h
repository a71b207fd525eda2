/* source/rdap.h - registration data of domains and addresses (RDAP): RFC 9083 answers, jCard (RFC 7095), IANA's bootstrap files (RFC 9224). */
#ifndef FAIR_SOURCE_RDAP_H
#define FAIR_SOURCE_RDAP_H
#include <stdbool.h>
#include "base/text.h"

#define FAIR_RDAP_BYTES ((size_t)4 << 20)
#define FAIR_RDAP_LIST 64         /* name servers, contacts, states that are kept */

/* One that an answer names: registrar, registrant, abuse ... */
struct fair_rdap_contact { fair_str roles, handle, kind /* jCard: "individual" "org" ... */, name, organisation, email, phone, address, country, iana_id; };

struct fair_rdap {
    fair_str kind;                /* "domain" "ip network" "entity" "nameserver" "autnum", or what it says itself */
    fair_str handle, name;        /* of a domain its name, of a network what it is called */
    fair_str first, last, country;/* of a network                                       */
    fair_str registered, expires, changed;    /* events, as written                      */
    fair_str nameservers[FAIR_RDAP_LIST]; size_t n_nameservers;
    fair_str states[FAIR_RDAP_LIST]; size_t n_states;
    struct fair_rdap_contact contacts[FAIR_RDAP_LIST]; size_t n_contacts;
    bool signed_zone;             /* secureDNS.delegationSigned                          */
};

/* Read an answer; texts in the arena.  Members that are missing, or of another type than the standard says, are left out;
 * a jCard must be one, wherever it stands.
 *   FAIR_INVALID  no JSON object, or a jCard in it is none
 *   FAIR_LIMIT    over FAIR_RDAP_BYTES */
fair_status fair_rdap_parse(struct fair_arena *a, fair_str json, struct fair_rdap *out, struct fair_err *err) FAIR_MUST_CHECK;
/* A jCard by itself: ["vcard", [...]]. */
fair_status fair_rdap_card(struct fair_arena *a, fair_str json, struct fair_rdap_contact *out, struct fair_err *err) FAIR_MUST_CHECK;

/* The server for `what`, out of a bootstrap file: a domain's longest matching suffix (dns.json), or an address's
 * longest prefix (ipv4.json, ipv6.json).  https before http; ends in a slash.
 *   FAIR_INVALID   no bootstrap file: all of it is checked, also what is not asked for
 *   FAIR_NOT_FOUND no server for it */
fair_status fair_rdap_server(struct fair_arena *a, fair_str bootstrap, fair_str what, fair_str *url, struct fair_err *err) FAIR_MUST_CHECK;

#endif
