/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of identity servers, good and bad. */
#include "config.h"

#include "tw-smart-read.h"

#include "wire-test.h"

static void
test_configuration (void)
{
  static const struct
  {
    const char *text;
    const char *token; /* the token endpoint; NULL: refused */
    gboolean s256, v1_only, patient, sends_issuer;
  } cases[] = {
    { "{'issuer':'https://i','authorization_endpoint':'https://i/a','token_endpoint':'https://i/t',"
      "'code_challenge_methods_supported':['plain','S256'],'capabilities':['permission-v2','permission-v1',"
      "'context-standalone-patient'],'authorization_response_iss_parameter_supported':true}",
      "https://i/t", TRUE, FALSE, TRUE, TRUE },
    { "{'authorization_endpoint':'https://i/a','token_endpoint':'https://i/t2','capabilities':['permission-v1']}",
      "https://i/t2", FALSE, TRUE, FALSE, FALSE },
    { "{'authorization_endpoint':'a','token_endpoint':'t3','scopes_supported':['openid','user/*.read']}", "t3",
      FALSE, TRUE, FALSE, FALSE },
    { "{'authorization_endpoint':'a','token_endpoint':'t4','scopes_supported':['user/*.read','user/*.rs']}", "t4",
      FALSE, FALSE, FALSE, FALSE },
    { "{'authorization_endpoint':'a','token_endpoint':'t5','scopes_supported':'user/*.read',"
      "'capabilities':[1,{}]}",
      "t5", FALSE, FALSE, FALSE, FALSE },
    { "{'authorization_endpoint':'a'}", NULL, 0, 0, 0, 0 },
    { "{'token_endpoint':'t'}", NULL, 0, 0, 0, 0 },
    { "{'authorization_endpoint':'a','token_endpoint':'t','token_endpoint':'u'}", NULL, 0, 0, 0, 0 },
    { "{'authorization_endpoint':'a','token_endpoint':7}", NULL, 0, 0, 0, 0 },
    { "[]", NULL, 0, 0, 0, 0 },
    { "<html>Sign in</html>", NULL, 0, 0, 0, 0 },
    { "", NULL, 0, 0, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = wire_quoted (cases[i].text);
      g_autoptr (GError) error = NULL;
      g_autoptr (TwSmartConfiguration) found = tw_smart_read_configuration (text, strlen (text), &error);

      g_assert_cmpstr (found != NULL ? found->token_endpoint : NULL, ==, cases[i].token);
      g_assert_true ((found == NULL) == (error != NULL));
      if (found == NULL)
        continue;
      g_assert_cmpint (found->s256, ==, cases[i].s256);
      g_assert_cmpint (found->v1_only, ==, cases[i].v1_only);
      g_assert_cmpint (found->standalone_patient, ==, cases[i].patient);
      g_assert_cmpint (found->sends_issuer, ==, cases[i].sends_issuer);
    }
}

static void
test_tokens (void)
{
  static const struct
  {
    const char *text, *access, *refresh;
    gint64 expires_s;
  } cases[] = {
    { "{'access_token':'a.b','token_type':'Bearer','expires_in':299,'refresh_token':'r'}", "a.b", "r", 299 },
    { "{'access_token':'a','token_type':'bearer'}", "a", NULL, 0 },
    { "{'access_token':'a','token_type':'bearer','expires_in':-5}", "a", NULL, 0 },
    { "{'access_token':'a','token_type':'bearer','expires_in':'299'}", "a", NULL, 0 },
    { "{'access_token':'a','token_type':'mac'}", NULL, NULL, 0 },
    { "{'access_token':'a'}", NULL, NULL, 0 },
    { "{'access_token':'','token_type':'bearer'}", NULL, NULL, 0 },
    { "{'token_type':'bearer','access_token':null}", NULL, NULL, 0 },
    { "{'access_token':'a','access_token':'b','token_type':'bearer'}", NULL, NULL, 0 },
    { "{'access_token':'a\\u0000b','token_type':'bearer'}", NULL, NULL, 0 },
    { "nonsense", NULL, NULL, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = wire_quoted (cases[i].text);
      g_autoptr (GError) error = NULL;
      g_autoptr (TwSmartTokens) found = tw_smart_read_tokens (text, strlen (text), &error);

      g_assert_cmpstr (found != NULL ? found->access_token : NULL, ==, cases[i].access);
      g_assert_true ((found == NULL) == (error != NULL));
      if (found == NULL)
        continue;
      g_assert_cmpstr (found->refresh_token, ==, cases[i].refresh);
      g_assert_cmpint (found->expires_s, ==, cases[i].expires_s);
    }
}

static char *
make_id_token (const char *claims)
{
  g_autofree char *text = wire_quoted (claims);
  g_autofree char *body = g_base64_encode ((const guchar *) text, strlen (text));

  g_strdelimit (body, "+", '-');
  g_strdelimit (body, "/", '_');
  body[strcspn (body, "=")] = '\0';
  return g_strdup_printf ("eyJhbGciOiJSUzI1NiJ9.%s.c2ln", body);
}

static void
test_identity (void)
{
  static const struct
  {
    const char *claims, *issuer, *user;
    gboolean for_client;
  } cases[] = {
    { "{'iss':'https://i','aud':'app','nonce':'n','exp':9,'iat':3,'fhirUser':'Practitioner/1'}", "https://i",
      "Practitioner/1", TRUE },
    { "{'iss':'https://i','aud':['app'],'nonce':'n~?','exp':9}", "https://i", NULL, TRUE },
    { "{'iss':'https://i','aud':['app','other'],'exp':9}", "https://i", NULL, FALSE },
    { "{'iss':'https://i','aud':['app','other'],'azp':'app','exp':9}", "https://i", NULL, TRUE },
    { "{'iss':'https://i','aud':'app','azp':'other','exp':9}", "https://i", NULL, FALSE },
    { "{'iss':'https://i','aud':'apple'}", "https://i", NULL, FALSE },
    { "{'iss':'https://i'}", "https://i", NULL, FALSE },
    { "{'iss':'https://i','iss':'https://j'}", NULL, NULL, FALSE },
    { "{'aud':{}}", NULL, NULL, FALSE },
    { "[]", NULL, NULL, FALSE },
  };
  static const char *const broken[] = { "", "a", "a.b", "a.e30.c.d", "a.e3*.c", "a..c", "a.e30=.c" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *token = make_id_token (cases[i].claims);
      g_autoptr (TwSmartIdentity) found = tw_smart_read_identity (token, "app", NULL);

      g_assert_cmpstr (found != NULL ? found->issuer : NULL, ==, cases[i].issuer);
      g_assert_cmpstr (found != NULL ? found->fhir_user : NULL, ==, cases[i].user);
      g_assert_cmpint (found != NULL && found->for_client, ==, cases[i].for_client);
    }
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tw_smart_read_identity (broken[i], "app", &error));
      g_assert_nonnull (error);
    }
}

static void
test_refusal (void)
{
  g_autofree char *words = NULL;
  g_autofree char *text
    = wire_quoted ("{'error':'invalid_grant','error_description':'token\\u202e is\\nrevoked'}");
  g_autofree char *name = tw_smart_read_error (text, strlen (text), &words);

  g_assert_cmpstr (name, ==, "invalid_grant");
  g_assert_nonnull (words);
  g_assert_null (strchr (words, '\n'));
  g_assert_null (strstr (words, "\u202e"));
  g_assert_null (tw_smart_read_error ("<html>", 6, NULL));
  g_assert_null (tw_smart_read_error ("", 0, NULL));
  g_assert_null (tw_smart_read_error ("{}", 2, NULL));
}

/* Whatever is changed in an answer: no crash, and never a token of another kind. */
static void
test_mutants (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261122);
  g_autofree char *good = wire_quoted (
    "{'access_token':'aaaa','token_type':'Bearer','expires_in':299,'refresh_token':'rrrr','id_token':'x.y.z'}");

  for (int i = 0; i < 4000; i++)
    {
      g_autoptr (GString) text = g_string_new (good);
      wire_mutate (text, rand);
      g_autoptr (TwSmartTokens) tokens = tw_smart_read_tokens (text->str, text->len, NULL);
      g_autoptr (TwSmartConfiguration) configuration
        = tw_smart_read_configuration (text->str, text->len, NULL);
      g_autofree char *name = tw_smart_read_error (text->str, text->len, NULL);

      g_assert_true (tokens == NULL || tokens->access_token[0] != '\0');
      g_assert_null (configuration);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/smart/configuration", test_configuration);
  g_test_add_func ("/wire/smart/tokens", test_tokens);
  g_test_add_func ("/wire/smart/identity", test_identity);
  g_test_add_func ("/wire/smart/refusal", test_refusal);
  g_test_add_func ("/wire/smart/mutants", test_mutants);
  return g_test_run ();
}
