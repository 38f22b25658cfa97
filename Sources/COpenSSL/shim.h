// What works on structures of the caller's is called deprecated, and stays in every 3.x; what replaces it looks the algorithm
// up at each call, which costs more than the hash of a record.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>
