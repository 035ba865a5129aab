/* Error reporting of the library layers: a status to test and a message that the caller owns.
 * The library never prints and never exits; only the program's main does. */
#ifndef NPIM_HW_STATUS_H
#define NPIM_HW_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

typedef enum npim_status {
    NPIM_OK = 0,
    NPIM_EUSAGE,       /* wrong command line, or an output that cannot be written: exit code 2 */
    NPIM_ECONFIG,      /* bad configuration or trace: exit code 3 */
    NPIM_EUNSUPPORTED, /* a layer that npim does not model: exit code 4 */
    NPIM_EFIT,         /* the network does not fit the chips: exit code 5 */
    NPIM_EINVARIANT,   /* a conservation law or a bound broke, our bug: exit code 6 */
    NPIM_ENOMEM,       /* out of memory: exit code 6 */
    NPIM_EINTERRUPTED  /* stopped by the user: exit code 130 */
} npim_status;

enum { NPIM_MESSAGE_SIZE = 1024 };

/* Owned by the caller; may be NULL wherever a function takes one. message is "" while status is NPIM_OK. */
typedef struct npim_error {
    npim_status status;
    char message[NPIM_MESSAGE_SIZE];
} npim_error;

#define NPIM_MUST_USE __attribute__((warn_unused_result))

/* Fills error (when not NULL) with a printf-style message that says where, what and what is allowed, and
 * returns status, so that a guard is one line: return npim_fail(error, NPIM_ECONFIG, "..."). Messages longer
 * than NPIM_MESSAGE_SIZE - 1 bytes are cut. Not must-use: some callers already return something else. */
npim_status npim_fail(npim_error *error, npim_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#ifdef __cplusplus
}
#endif
#endif
