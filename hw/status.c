#include "hw/status.h"

#include <stdarg.h>
#include <stdio.h>

npim_status npim_fail(npim_error *error, npim_status status, const char *format, ...) {
    if (error) {
        va_list arguments;
        error->status = status;
        va_start(arguments, format);
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
    }
    return status;
}
