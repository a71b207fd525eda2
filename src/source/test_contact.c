/* test_contact.c - contacts of offices are found, those of persons are told apart and left out. */
#include "base/test.h"
#include "source/contact.h"

TEST(an_office_is_told_from_a_person)
{
    static const char *const office[] = { "info@example.com", "LEGAL@example.com", "kontakt.berlin@example.com", "info2@example.com", "abuse-de@example.com", "redaktion@example.com", "press+pictures@example.com" };
    static const char *const person[] = { "mara.muster@example.com", "mara@example.com", "informer@example.com", "m.info@example.com", "legalwoman@example.com", "t@example.com", "noat", "@example.com", "infos\xc3\xa4@example.com" };

    for (size_t i = 0; i < sizeof office / sizeof *office; i++)
        if (!fair_contact_is_office(fair_str_of(office[i]))) fail_msg("%s is an office", office[i]);
    for (size_t i = 0; i < sizeof person / sizeof *person; i++)
        if (fair_contact_is_office(fair_str_of(person[i]))) fail_msg("%s is a person", person[i]);
}

TEST(a_security_txt_gives_its_offices_and_no_persons)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_contacts c;
    fair_str expires;

    CHECK_OK(fair_security_txt(a, FAIR_STR("# ours\nContact: mailto:security@example.com\r\ncontact: mailto:Mara.Muster@example.com\nContact: https://example.com/form\n"
                                           "Contact: mailto:SECURITY@example.com?subject=x\nExpires: 2027-01-01T00:00:00z\n"), &c, &expires, why));
    CHECK_EQ(c.n, 1);
    CHECK_STR(c.v[0], "security@example.com");
    CHECK(c.persons);
    CHECK_STR(expires, "2027-01-01T00:00:00z");
    CHECK_EQ(fair_security_txt(a, FAIR_STR("<!doctype html><title>Not here</title>"), &c, &expires, NULL), FAIR_INVALID);
    CHECK_EQ(fair_security_txt(a, FAIR_STR("Contact: mailto:info@example.com\nX: \001"), &c, &expires, NULL), FAIR_INVALID);
    CHECK_OK(fair_security_txt(a, FAIR_STR("Contact: mailto:info@example.com%0d%0aBcc:x\nContact: mailto:\n"), &c, &expires, why));
    CHECK_EQ(c.n, 0);
}

TEST(an_imprint_gives_the_offices_of_its_own_domain)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_contacts c;

    fair_contact_mails(a, FAIR_STR("<p>Mail: <a href=\"mailto:info@shop.example.com\">info@shop.example.com</a>, tom.beispiel@example.com, @example.com, legal@example.com. "
                                   "Made by office@agency.example, info@notexample.com</p>INFO@EXAMPLE.COM"), FAIR_STR("example.com"), &c);
    CHECK_EQ(c.n, 3);
    CHECK_STR(c.v[0], "info@shop.example.com");
    CHECK_STR(c.v[1], "legal@example.com");
    CHECK_STR(c.v[2], "info@example.com");
    CHECK(c.persons);
    fair_contact_mails(a, FAIR_STR("@"), FAIR_STR("example.com"), &c);
    CHECK_EQ(c.n, 0);
    CHECK(!c.persons);
    fair_contact_mails(a, (fair_str){ NULL, 0 }, FAIR_STR("example.com"), &c);
    CHECK_EQ(c.n, 0);
}

TEST(only_an_organisation_that_is_named_is_proposed_from_registration_data)
{
    const char *not;
    struct fair_rdap_contact c = { .roles = FAIR_STR("registrant"), .organisation = FAIR_STR("Example Publishing"), .name = FAIR_STR("Example Publishing"), .kind = FAIR_STR("org") };

    CHECK(fair_rdap_organisation(&c, &not));
    c.kind = FAIR_STR("individual");
    CHECK(!fair_rdap_organisation(&c, &not));
    c.kind = (fair_str){ NULL, 0 };
    CHECK(fair_rdap_organisation(&c, &not));
    c.organisation = (fair_str){ NULL, 0 };
    c.name = FAIR_STR("Mara Muster");
    CHECK(!fair_rdap_organisation(&c, &not));
    c.organisation = FAIR_STR("REDACTED FOR PRIVACY");
    CHECK(!fair_rdap_organisation(&c, &not));
    c.organisation = FAIR_STR("Whois Guard Ltd");
    CHECK(!fair_rdap_organisation(&c, &not));
    c = (struct fair_rdap_contact){ .roles = FAIR_STR("registrar, abuse"), .organisation = FAIR_STR("A registrar"), .kind = FAIR_STR("org") };
    CHECK(!fair_rdap_organisation(&c, &not));
    CHECK(fair_rdap_has_role(c.roles, "abuse") && !fair_rdap_has_role(c.roles, "regis"));
}

FAIR_TEST_MAIN
