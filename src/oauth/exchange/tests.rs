use super::*;
use crate::net::Trust;
use crate::oauth::Grant;
use hyper::body::Bytes;

fn settings() -> Settings {
    Settings {
        name: "support".to_owned(),
        token_url: "https://auth.example/token".parse().unwrap(),
        trust: Trust::System,
        client_id: "id+1".to_owned(),
        client_secret: Some(Secret::new("cl/ent s&cret")),
        scope: Some("https://mail.google.com/ offline_access".to_owned()),
        grant: Grant::ClientCredentials,
        limit: Duration::from_secs(1),
    }
}

fn answer(status: u16, body: &str) -> Result<Granted, OAuthError> {
    let refresh = Secret::new("1//refresh-token");
    let body = Bytes::copy_from_slice(body.as_bytes());
    read(&settings(), Some(&refresh), Ok(Answer { status, body }))
}

#[test]
fn forms() {
    let shared = "client_id=id%2B1&client_secret=cl%2Fent+s%26cret&scope=https%3A%2F%2Fmail.google.com%2F+offline_access";
    assert_eq!(form(&settings(), None), format!("grant_type=client_credentials&{shared}"));
    let with = format!("grant_type=refresh_token&refresh_token=1%2F%2Ft%3D&{shared}");
    assert_eq!(form(&settings(), Some(&Secret::new("1//t="))), with);
    let public = Settings { client_secret: None, scope: None, ..settings() };
    assert_eq!(form(&public, None), "grant_type=client_credentials&client_id=id%2B1");
}

/// Life, new refresh token, its life; in seconds.
#[track_caller]
fn granted(body: &str, expect: (u64, Option<&str>, Option<u64>)) {
    let granted = answer(200, body).unwrap();
    let refresh = granted.refresh.as_ref().map(Secret::expose);
    let seconds = |life: Duration| life.as_secs();
    assert_eq!(granted.access.expose(), "tok");
    assert_eq!((granted.life.as_secs(), refresh, granted.refresh_life.map(seconds)), expect, "{body}");
}

#[test]
fn answers_of_providers() {
    // Google; with access for a limited time; Microsoft; Yandex; an old Microsoft; Keycloak, offline; the least there can be.
    granted(
        r#"{"access_token":"tok","expires_in":3599,"scope":"https://mail.google.com/","token_type":"Bearer"}"#,
        (3599, None, None),
    );
    granted(
        r#"{"access_token":"tok","expires_in":3599,"refresh_token_expires_in":604799,"token_type":"Bearer"}"#,
        (3599, None, Some(604_799)),
    );
    granted(
        r#"{"token_type":"Bearer","scope":"x","expires_in":4736,"ext_expires_in":4736,"access_token":"tok","refresh_token":"0.AX"}"#,
        (4736, Some("0.AX"), None),
    );
    granted(
        r#"{"access_token":"tok","expires_in":31536000,"refresh_token":"1:r:s","token_type":"bearer"}"#,
        (31_536_000, Some("1:r:s"), None),
    );
    granted(r#"{"access_token":"tok","expires_in":"3599","token_type":"Bearer"}"#, (3599, None, None));
    granted(
        r#"{"access_token":"tok","expires_in":300,"refresh_expires_in":0,"refresh_token":"k","token_type":"Bearer"}"#,
        (300, Some("k"), None),
    );
    granted(r#"{"access_token":"tok"}"#, (3600, None, None));
    granted(r#"{"access_token":"tok","expires_in":-5,"refresh_token":""}"#, (3600, None, None));
    granted(r#"{"access_token":"tok","expires_in":99999999999999}"#, (400 * 86_400, None, None));
}

#[test]
fn refusals_name_cause_and_remedy_and_no_secret() {
    let mut all = String::new();
    for (status, body) in [
        (400, r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#),
        (400, r#"{"error":"invalid_grant","error_description":"bad: 1//refresh-token\r\n\u001b[2J"}"#),
        (
            401,
            r#"{"error":"invalid_client","error_description":"AADSTS7000222: the secret cl/ent s&cret expired"}"#,
        ),
        (400, r#"{"error":"unauthorized_client"}"#),
        (400, r#"{"error":"invalid_scope","error_description":"AADSTS70011: bad\nscope"}"#),
        (400, r#"{"error":{"code":5}}"#),
        (503, "<html>"),
        (429, ""),
        (400, r#"{"error":"temporarily_unavailable"}"#),
        (302, ""),
        (404, "<html>not here</html>"),
        (404, "{}"),
        (200, "<html>log in to the hotel's network</html>"),
        (200, "{}"),
        (200, r#"{"access_token":5}"#),
        (200, r#"{"access_token":"a b\r\nA1 LOGOUT"}"#),
        (200, r#"{"access_token":""}"#),
        (200, r#"{"access_token":"x","refresh_token":"a\u0000"}"#),
        (200, r#"{"access_token":"x","token_type":"mac"}"#),
    ] {
        let error = answer(status, body).unwrap_err();
        all.push_str(&format!("{}{error}\n", if error.is_passing() { "passing: " } else { "" }));
    }
    insta::assert_snapshot!("refusals", all);
    assert!(!all.contains("1//refresh") && !all.contains("s&cret") && !all.contains('\u{1b}'));
    // Without a refresh token, invalid_grant says nothing of one.
    let answer = Answer { status: 400, body: Bytes::from_static(br#"{"error":"invalid_grant"}"#) };
    assert!(matches!(read(&settings(), None, Ok(answer)), Err(OAuthError::Refused { .. })));
}

proptest::proptest! {
    #[test]
    fn no_answer_does_harm(status in 100u16..600, body in "[{}\\[\\]\":,a-z_0-9 \\\\\u{0}-\u{1f}]{0,80}|\\{\"access_token\":\"[^\"\\\\]{0,20}\"\\}") {
        if let Ok(granted) = answer(status, &body) {
            proptest::prop_assert!(granted.access.expose().bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }
}
