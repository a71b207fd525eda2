/* source/contact.h - who may be written to at a site, as far as it says so itself: security.txt (RFC 9116), the mail addresses of an imprint,
 * the contacts of registration data.  Addresses of persons are told apart and left out. */
#ifndef FAIR_SOURCE_CONTACT_H
#define FAIR_SOURCE_CONTACT_H
#include "source/rdap.h"

enum { FAIR_CONTACTS = 16, FAIR_SECURITY_TXT_BYTES = 64 * 1024 };

struct fair_contacts { fair_str v[FAIR_CONTACTS]; size_t n; bool persons; /* others were there, and belong to persons */ };

/* Is this the address of an office and not of a person: "info" "legal" "abuse" "kontakt" ... before the @ (RFC 2142 and what imprints use),
 * alone or with a dot, dash or digits behind it? */
bool fair_contact_is_office(fair_str mail);

/* The mail addresses that a security.txt offers (Contact: mailto:...), those of offices; `offered` counts all its contacts.
 * FAIR_INVALID: it is none (no Contact line, control characters, over FAIR_SECURITY_TXT_BYTES). */
fair_status fair_security_txt(struct fair_arena *a, fair_str text, struct fair_contacts *out, fair_str *expires, struct fair_err *err) FAIR_MUST_CHECK;

/* The mail addresses in a page's bytes (of whatever kind), those of offices at `domain` or below it. */
void fair_contact_mails(struct fair_arena *a, fair_str bytes, fair_str domain, struct fair_contacts *out);

/* May this contact of registration data be proposed as who is responsible?  Only an organisation that is named as the registrant and is
 * not withheld: a registrant without an organisation, of jCard's kind "individual", or whose words say that they are redacted or a
 * privacy service's, is a person or unknown.  *why says in words why not. */
bool fair_rdap_organisation(const struct fair_rdap_contact *c, const char **why);
/* Does a list "registrar abuse" hold this role? */
bool fair_rdap_has_role(fair_str roles, const char *role);

#endif
