/* Debian's libzmq.a is built with GSSAPI (Kerberos), of which Debian has no static library. Jupyter's kernels never use it: in the
   static program each of its functions reports that the mechanism is unavailable (GSS_S_UNAVAILABLE). */
#define UNAVAILABLE(name) \
  unsigned name(void) { return 16u << 16; }
UNAVAILABLE(gss_accept_sec_context)
UNAVAILABLE(gss_acquire_cred)
UNAVAILABLE(gss_delete_sec_context)
UNAVAILABLE(gss_display_name)
UNAVAILABLE(gss_import_name)
UNAVAILABLE(gss_init_sec_context)
UNAVAILABLE(gss_release_buffer)
UNAVAILABLE(gss_release_cred)
UNAVAILABLE(gss_release_name)
UNAVAILABLE(gss_unwrap)
UNAVAILABLE(gss_wrap)
void *GSS_C_NT_HOSTBASED_SERVICE, *GSS_C_NT_USER_NAME;
