/* image/codecs/test_rights.c - what a file says of its rights. */
#include "base/mem.h"
#include "base/test.h"
#include "image/codecs/codecs.h"

/* A JPEG of one APP segment. */
static fair_str
jpeg(struct fair_arena *a, int marker, const char *body, size_t n)
{
    struct fair_buf b = FAIR_BUF(a, n + 100);
    fair_buf_add(&b, (fair_str){ "\xff\xd8\xff", 3 });
    fair_buf_byte(&b, (char)marker);
    fair_buf_byte(&b, (char)((n + 2) >> 8));
    fair_buf_byte(&b, (char)(n + 2));
    fair_buf_add(&b, (fair_str){ body, n });
    fair_buf_add(&b, (fair_str){ "\xff\xd9", 2 });
    return (fair_str){ b.p, b.n };
}

static const char xmp_packet[] = "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
    "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\" photoshop:Credit=\"Example Agency\">"
    "<dc:creator><rdf:Seq><rdf:li>A. Maker</rdf:li><rdf:li>B. Helper</rdf:li></rdf:Seq></dc:creator>"
    "<dc:rights><rdf:Alt><rdf:li xml:lang=\"x-default\">(c) A. Maker</rdf:li></rdf:Alt></dc:rights></rdf:Description></rdf:RDF></x:xmpmeta>";

TEST(xmp_names_creators_rights_and_credit)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str s = jpeg(a, 0xe1, xmp_packet, sizeof xmp_packet - 1);
    struct fair_rights r;
    CHECK_OK(fair_rights_read(s.p, s.n, a, &r, why));
    CHECK_STR(r.creator, "A. Maker; B. Helper");
    CHECK_STR(r.copyright, "(c) A. Maker");
    CHECK_STR(r.credit, "Example Agency");
}

TEST(content_credentials_elsewhere_are_named_and_nobody_asks_there)
{
    static const char packet[] = "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
        "<rdf:Description rdf:about=\"\" xmlns:dcterms=\"http://purl.org/dc/terms/\" dcterms:provenance=\"https://credentials.example.com/m/17\"/></rdf:RDF></x:xmpmeta>";
    static const char inside[] = "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
        "<rdf:Description rdf:about=\"\" xmlns:dcterms=\"http://purl.org/dc/terms/\" dcterms:provenance=\"self#jumbf=c2pa/urn:uuid:1\"/></rdf:RDF></x:xmpmeta>";
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str s = jpeg(a, 0xe1, packet, sizeof packet - 1);
    struct fair_rights r;
    CHECK_OK(fair_rights_read(s.p, s.n, a, &r, why));
    CHECK_STR(r.c2pa, "remote: its manifest is said to lie at https://credentials.example.com/m/17; it was not fetched");
    s = jpeg(a, 0xe1, inside, sizeof inside - 1);
    CHECK_OK(fair_rights_read(s.p, s.n, a, &r, why));
    CHECK(r.c2pa.n == 0);
}

TEST(exif_names_artist_and_copyright)
{
    static const char exif[] = "Exif\0\0II*\0\x08\0\0\0\x02\0\x3b\x01\x02\0\x06\0\0\0\x26\0\0\0\x98\x82\x02\0\x08\0\0\0\x2c\0\0\0\0\0\0\0Maker\0(c) own\0";
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str s = jpeg(a, 0xe1, exif, sizeof exif - 1);
    struct fair_rights r;
    CHECK_OK(fair_rights_read(s.p, s.n, a, &r, why));
    CHECK_STR(r.creator, "Maker");
    CHECK_STR(r.copyright, "(c) own");
}

TEST(iptc_in_latin1_is_understood)
{
    static const char iim[] = "Photoshop 3.0\0" "8BIM\x04\x04\0\0\0\0\0\x1c" "\x1c\x02\x50\0\x05M\xfcll." "\x1c\x02\x6e\0\x03" "Pix" "\x1c\x02\x37\0\x08" "20240506";
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str s = jpeg(a, 0xed, iim, 14 + 12 + 10 + 8 + 13);
    struct fair_rights r;
    ((char *)(uintptr_t)s.p)[3 + 1 + 2 + 14 + 11] = 31;      /* the block's length */
    CHECK_OK(fair_rights_read(s.p, s.n, a, &r, why));
    CHECK_STR(r.creator, "M\xc3\xbcll.");
    CHECK_STR(r.credit, "Pix");
    CHECK_STR(r.date, "2024-05-06");
}

TEST(a_file_that_says_nothing_gives_nothing_and_cut_ones_do_no_harm)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str s = jpeg(a, 0xe1, xmp_packet, sizeof xmp_packet - 1);
    struct fair_rights r;
    CHECK_OK(fair_rights_read("\xff\xd8\xff\xd9", 4, a, &r, why));
    CHECK(r.creator.p == NULL && r.date.p == NULL && r.c2pa.p == NULL);
    for (size_t n = 0; n < s.n; n += 7) {
        char *cut = malloc(n + 1);
        memcpy(cut, s.p, n);
        CHECK_OK(fair_rights_read(cut, n, a, &r, why));
        free(cut);
    }
}

FAIR_TEST_MAIN
