/* vault/vault_private.h - what the vault's face and its backends share. */
#ifndef FAIR_VAULT_PRIVATE_H
#define FAIR_VAULT_PRIVATE_H
#include "vault/vault.h"

struct fair_vault {
    const struct fair_vault_ops *ops;
    void *self;
};

#endif
