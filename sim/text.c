#include "sim/text.h"

#include <stdbool.h>
#include <stdlib.h>

char *npim_text_of(void (*put)(const void *subject, FILE *out), const void *subject) {
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out) return NULL;
    put(subject, out);
    bool good = !ferror(out);
    if (fclose(out) == 0 && good) return text;
    free(text);
    return NULL;
}
