/// How a user shows an Airflow server who he is.
package enum AirflowCredentials: Sendable {
  /// Not at all: for servers that let everyone in.
  case none
  /// With a user's name and password, a secret.
  case user(String, password: String)
  /// With a token that the user has, a secret.
  case token(String)
}
