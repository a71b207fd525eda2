/* cli/letter_form.h - a filled letter on standard output, in the form asked for. */
#ifndef FAIR_CLI_LETTER_FORM_H
#define FAIR_CLI_LETTER_FORM_H
#include "cases/letters.h"
#include "cli/cli.h"

/* text, html, portal, pdf or inputs. */
bool fair_cli_is_letter_form(const char *form);
fair_status fair_cli_letter(struct fair_cli *c, const char *form, const struct fair_letter_filled *f, struct fair_err *err) FAIR_MUST_CHECK;

#endif
